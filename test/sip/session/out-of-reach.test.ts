import { describe, expect, it } from 'vitest';
import { createResponse } from '../../../sip/message/create.ts';
import type { Session } from '../../../sip/session/session.ts';
import { BOB } from '../support/calls.ts';
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

  it('is remembered by a session that is written down', async () => {
    const { stage, alice, bob, session } = await called();
    const restored = alice.restore(JSON.parse(JSON.stringify(session.snapshot())));
    restored.bye();
    await stage.clock.advance(10);
    expect(bob.requests('BYE')).toHaveLength(1);
  });
});
