import { describe, expect, it } from 'vitest';
import { createRequest, createResponse } from '../../../sip/message/create.ts';
import type { SipRequest } from '../../../sip/message/message.ts';
import { createResolver } from '../../../sip/resolve/resolver.ts';
import type { Session } from '../../../sip/session/session.ts';
import { BOB } from '../support/calls.ts';
import { dnsOf, srv } from '../support/dns.ts';
import { ANSWER, OFFER, Stage } from '../support/stage.ts';

const isPrivate = (contact: { toString(): string }) => `${contact}`.includes('192.168.');

/** A call to a peer that names an address in its Contact that nobody can reach. */
async function called(headers: Record<string, string> = {}) {
  const stage = new Stage();
  const alice = await stage.agent('10.0.0.1');
  const bob = await stage.peer('10.0.0.2');
  bob.onMessage = message => {
    if (!message.isRequest || message.method === 'ACK') return;
    const body = message.method === 'INVITE' ? { contentType: 'application/sdp', body: ANSWER } : {};
    const contact = '<sip:bob@192.168.1.7:5062>';
    void bob.send(
      createResponse(message, 200, undefined, { toTag: 'b', contact, headers, ...body }),
      '10.0.0.1',
    );
  };
  const outgoing = alice.invite(BOB, { sdp: OFFER, isOutOfReach: isPrivate });
  await stage.clock.advance(10);
  return { stage, alice, bob, session: outgoing.sessions[0] as Session };
}

describe('a Contact that is out of reach', () => {
  it('stays the Request-URI, while requests go where the INVITE went', async () => {
    const { stage, bob, session } = await called();
    session.bye();
    await stage.clock.advance(10);
    expect(bob.requests('ACK').map(({ uri }) => uri)).toEqual(['sip:bob@192.168.1.7:5062']);
    expect(bob.requests('BYE').map(({ uri }) => uri)).toEqual(['sip:bob@192.168.1.7:5062']);
    expect(stage.network.passages.filter(({ to }) => to.address.startsWith('192.168.'))).toEqual([]);
  });

  it('matters no more where there is a route set', async () => {
    const { session } = await called({ 'Record-Route': '<sip:10.0.0.9;lr>' });
    expect(`${session.dialog.routing().nextHop}`).toBe('sip:10.0.0.9;lr');
  });

  it('of a peer that has moved: requests go where its last accepted one came from', async () => {
    const { stage, session } = await called();
    const moved = await stage.peer('10.0.0.9');
    const { callId, localParty, localTag, remoteParty, remoteTag } = session.dialog;
    const update = createRequest({
      method: 'UPDATE',
      uri: 'sip:10.0.0.1',
      via: 'SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKmoved',
      from: `${remoteParty};tag=${remoteTag}`,
      to: `${localParty};tag=${localTag}`,
      callId,
      cseq: 1,
      contact: '<sip:bob@192.168.1.8>',
    });
    await moved.send(update, '10.0.0.1');
    await stage.clock.advance(10);
    session.bye();
    await stage.clock.advance(10);
    expect(moved.requests('BYE').map(({ uri }) => uri)).toEqual(['sip:bob@192.168.1.8']);
  });

  it('is remembered by a session that is written down', async () => {
    const { stage, alice, bob, session } = await called();
    const restored = alice.restore(JSON.parse(JSON.stringify(session.snapshot())));
    restored.bye();
    await stage.clock.advance(10);
    expect(bob.requests('BYE')).toHaveLength(1);
  });
});

const zone = {
  srv: { '_sip._udp.zero.test': [srv('bob.test', 0, 0, 0)] },
  a: { 'bob.test': ['10.0.0.2'] },
};

/** A call to a peer that accepts with these headers, and what was told of it. */
async function accepted(headers: Record<string, string>, sdp: string | undefined = OFFER) {
  const stage = new Stage();
  const errors: unknown[] = [];
  const alice = await stage.agent('10.0.0.1', {
    resolver: createResolver({ dns: dnsOf(zone) }),
    onError: error => errors.push(error),
  });
  const bob = await stage.peer('10.0.0.2');
  bob.onMessage = message => {
    if (!message.isRequest || message.method === 'ACK') return;
    const body = { contentType: 'application/sdp', body: ANSWER };
    void bob.send(createResponse(message, 200, undefined, { toTag: 'b', headers, ...body }), '10.0.0.1');
  };
  const told: string[] = [];
  const outgoing = alice.invite(BOB, { sdp, onOffer: offer => offer.accept(OFFER) });
  outgoing.on('accepted', session => {
    told.push('accepted');
    session.on('ended', ({ by, cause }) => told.push(`ended by ${by}: ${cause}`));
  });
  outgoing.on('failed', error => told.push(`failed: ${error.code} ${error.status}`));
  await stage.clock.advance(10);
  return { stage, alice, bob, told, errors };
}

describe('a peer that accepts, and can be sent no ACK (RFC 3261 §13.2.2.4)', () => {
  const failed = ['failed: transport-error 503'];
  // Its name is looked up while the session is there already.
  const ended = ['accepted', 'ended by network: transport-error'];

  it.each([
    [{ Contact: '<sip:bob@10.0.0.2:0>' }, failed],
    [{ Contact: '<sip:bob@10.0.0.2;transport=ws>' }, failed],
    [{ Contact: '<sip:bob@[2001:db8::2]>' }, failed],
    [{ Contact: '<tel:+15550100>' }, failed],
    [{ Contact: '<sip:bob@10.0.0.2>', 'Record-Route': '<sip:10.0.0.2:0;lr>' }, failed],
    [{ Contact: '<sip:bob@nowhere.test>' }, ended],
    [{ Contact: '<sip:bob@bob.test:0>' }, failed],
    [{ Contact: '<sip:bob@zero.test>' }, ended],
  ])('%o: the call fails or ends at once, and leaves nothing', async (headers, expected) => {
    for (const sdp of [OFFER, undefined]) {
      const { stage, alice, bob, told, errors } = await accepted(headers, sdp);
      expect([told, errors]).toEqual([expected, []]);
      expect([alice.sessions, bob.requests('ACK')]).toEqual([[], []]);
      await stage.clock.advance(60_000);
      expect([told, alice.transactions.size]).toEqual([expected, { clients: 0, servers: 0 }]);
    }
  });

  it('a re-INVITE that it accepts from nowhere ends the session', async () => {
    const { stage, alice, bob, told } = await accepted({ Contact: '<sip:bob@10.0.0.2>' });
    const body = { contentType: 'application/sdp', body: ANSWER };
    bob.onMessage = message => {
      if (!message.isRequest || message.method === 'ACK') return;
      const contact = '<sip:bob@10.0.0.2:0>';
      void bob.send(createResponse(message, 200, undefined, { toTag: 'b', contact, ...body }), '10.0.0.1');
    };
    void alice.sessions[0]?.reinvite({ sdp: OFFER });
    await stage.clock.advance(10);
    expect([told, alice.sessions]).toEqual([['accepted', 'ended by network: transport-error'], []]);
  });

  it('another fork that accepts from nowhere does not touch the call', async () => {
    const { stage, bob, told, alice } = await accepted({ Contact: '<sip:bob@10.0.0.2>' });
    const invite = bob.requests('INVITE')[0] as SipRequest;
    const contact = '<sip:carol@10.0.0.2:0>';
    await bob.send(createResponse(invite, 200, undefined, { toTag: 'c', contact }), '10.0.0.1');
    await stage.clock.advance(10);
    expect([told, alice.sessions.length]).toEqual([['accepted'], 1]);
  });
});
