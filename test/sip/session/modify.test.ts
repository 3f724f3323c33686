import { describe, expect, it } from 'vitest';
import type { SessionError } from '../../../sip/dialog/errors.ts';
import type { SipResponse } from '../../../sip/message/message.ts';
import type { IncomingOffer } from '../../../sip/session/incoming-offer.ts';
import { established, ringing } from '../support/calls.ts';
import { scriptedCall } from '../support/scripted-callee.ts';
import { ANSWER, HOLD, OFFER, Stage } from '../support/stage.ts';

const ignore = () => {};

const sdpOf = (side: { localSdp: string | undefined; remoteSdp: string | undefined }) => [
  side.localSdp,
  side.remoteSdp,
];

describe('re-INVITE (RFC 3261 §14)', () => {
  it('changes the session on both sides', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    called.onOffer = offer => offer.accept(ANSWER);
    const change = calling.reinvite({ sdp: HOLD });
    await stage.clock.advance(10);
    expect((await change).status).toBe(200);
    expect([sdpOf(calling), sdpOf(called)]).toEqual([
      [HOLD, ANSWER],
      [ANSWER, HOLD],
    ]);
    expect(stage.network.ladder.slice(4)).toEqual(['1 INVITE', '2 200 INVITE', '1 ACK']);
  });

  it('that is refused leaves what was in force', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    const change = calling.reinvite({ sdp: HOLD }).catch((error: SessionError) => error.status);
    await stage.clock.advance(10);
    expect(await change).toBe(488);
    expect([sdpOf(calling), sdpOf(called)]).toEqual([
      [OFFER, ANSWER],
      [ANSWER, OFFER],
    ]);
    expect(calling.end).toBeUndefined();
  });

  it('without an offer is answered by one, and the answer goes in the ACK', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    called.onOffer = offer => offer.accept(HOLD);
    calling.onOffer = offer => offer.accept(OFFER);
    void calling.reinvite();
    await stage.clock.advance(10);
    expect([sdpOf(calling), sdpOf(called)]).toEqual([
      [OFFER, HOLD],
      [HOLD, OFFER],
    ]);
  });

  it('is not tried again after 491 where that is left to somebody else', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    stage.network.weather = () => [20];
    for (const side of [calling, called]) side.onOffer = offer => offer.accept(side.localSdp);
    void called.reinvite({ sdp: ANSWER });
    const change = calling
      .reinvite({ sdp: HOLD, glareRetries: 0 })
      .catch((error: SessionError) => error.status);
    await stage.clock.advance(20_000);
    expect(await change).toBe(491);
  });

  it('from both sides at once gets 491 on both, and both succeed after the back-off', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    stage.network.weather = () => [20];
    for (const side of [calling, called]) side.onOffer = offer => offer.accept(side.localSdp);
    const changes = Promise.all([calling.reinvite({ sdp: HOLD }), called.reinvite({ sdp: ANSWER })]);
    await stage.clock.advance(60);
    expect(stage.network.ladder.filter(line => line.includes('491')).sort()).toEqual([
      '1 491 INVITE',
      '2 491 INVITE',
    ]);
    await stage.clock.advance(10_000);
    expect((await changes).map(response => response.status)).toEqual([200, 200]);
    const [, ...invites] = stage.network.passages.filter(
      ({ message }) => message.isRequest && message.method === 'INVITE',
    );
    const [, , second, third] = invites.map(({ at, from }) => ({
      at: at - (invites[0]?.at ?? 0),
      from: from.address,
    }));
    // The callee waits 0–2 s, the caller, who made the Call-ID, 2.1–4 s.
    expect(second?.from).toBe('10.0.0.2');
    expect(second?.at).toBeLessThanOrEqual(2_100);
    expect(third?.from).toBe('10.0.0.1');
    expect(third?.at).toBeGreaterThanOrEqual(2_100);
  });

  it('while another waits for its user gets 500 with Retry-After', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    called.onOffer = () => {};
    void calling.reinvite({ sdp: HOLD }).catch(() => {});
    await stage.clock.advance(10);
    // A second one in spite of the rule, as a broken peer would send it.
    const second = calling.core.request('INVITE', {});
    await stage.clock.advance(10);
    const response = await second;
    expect(response.status).toBe(500);
    expect(Number(response.headers.get('Retry-After'))).toBeLessThanOrEqual(10);
  });

  it('can be cancelled by CANCEL, and the session goes on', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    const offers: IncomingOffer[] = [];
    called.onOffer = offer => offers.push(offer);
    const change = calling.reinvite({ sdp: HOLD }).catch((error: SessionError) => error.status);
    await stage.clock.advance(250);
    calling.cancelReinvite();
    await stage.clock.advance(50);
    expect(await change).toBe(487);
    expect(offers[0]?.settled).toBe(true);
    expect([calling.end, called.end, calling.localSdp]).toEqual([undefined, undefined, OFFER]);
  });

  it('that is told to wait and nothing else is cancelled after 30 s', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    called.onOffer = () => {};
    const change = calling.reinvite({ sdp: HOLD }).catch((error: SessionError) => error.status);
    await stage.clock.advance(30_100);
    expect(await change).toBe(487);
    expect([calling.end, called.end, calling.localSdp]).toEqual([undefined, undefined, OFFER]);
  });

  it('of a peer that takes no CANCEL either leaves nothing behind when the call has ended', async () => {
    const stage = new Stage();
    const { alice, session } = await scriptedCall(stage, {
      script: ({ method }) => (method === 'INVITE' ? [100] : [200]),
    });
    const change = session.reinvite({ sdp: HOLD }).catch((error: SessionError) => error.code);
    await stage.clock.advance(1_000);
    session.bye();
    await stage.clock.advance(70_000);
    expect(await change).toBe('timeout');
    expect(alice.transactions.size).toEqual({ clients: 0, servers: 0 });
  });

  it('waits for its turn behind another change', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    called.onOffer = offer => offer.accept(ANSWER);
    const changes = Promise.all([calling.reinvite({ sdp: HOLD }), calling.reinvite({ sdp: OFFER })]);
    await stage.clock.advance(50);
    expect((await changes).map(response => response.cseq?.number)).toEqual([2, 3]);
    expect(called.remoteSdp).toBe(OFFER);
  });
});

describe('UPDATE (RFC 3311)', () => {
  it('without a description is answered at once and changes no media', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    called.onOffer = () => {
      throw new Error('asked');
    };
    const update = calling.update();
    await stage.clock.advance(10);
    const response = await update;
    expect([response.status, response.contact?.uri.toString()]).toEqual([200, 'sip:10.0.0.2:5060']);
    expect(called.remoteSdp).toBe(OFFER);
  });

  it('with an offer changes the session', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    called.onOffer = offer => offer.accept(ANSWER);
    void calling.update({ sdp: HOLD });
    await stage.clock.advance(10);
    expect([calling.localSdp, called.remoteSdp]).toEqual([HOLD, HOLD]);
  });

  it('with an offer while ours is unanswered gets 491; both get through', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    stage.network.weather = () => [20];
    for (const side of [calling, called]) side.onOffer = offer => offer.accept(side.localSdp);
    const changes = Promise.all([calling.update({ sdp: HOLD }), called.update({ sdp: ANSWER })]);
    await stage.clock.advance(10_000);
    expect((await changes).map(response => response.status)).toEqual([200, 200]);
    expect(stage.network.ladder.filter(line => line.includes('491')).sort()).toEqual([
      '1 491 UPDATE',
      '2 491 UPDATE',
    ]);
  });

  it('while an earlier one is unanswered gets 500 with Retry-After', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    called.onOffer = () => {};
    void calling.update({ sdp: HOLD }).catch(() => {});
    await stage.clock.advance(10);
    const second = calling.core.request('UPDATE', {});
    await stage.clock.advance(10);
    expect((await second).status).toBe(500);
    expect((await second).headers.has('Retry-After')).toBe(true);
  });

  it('moves the remote target to its Contact, and the 200 moves ours', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    void calling.update({ headers: { Contact: '<sip:moved@10.0.0.1:5060>' } });
    await stage.clock.advance(10);
    expect(`${called.dialog.remoteTarget}`).toBe('sip:moved@10.0.0.1:5060');
    void called.info({ contentType: 'text/plain', body: 'x' }).catch(() => {});
    await stage.clock.advance(10);
    const info = stage.network.passages.at(-2)?.message;
    expect(info?.isRequest && info.uri).toBe('sip:moved@10.0.0.1:5060');
  });
});

describe('what is left undone', () => {
  it('an UPDATE that its user never answers stands in nobody’s way after 32 s', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    called.onOffer = () => {};
    const update = calling.core
      .request('UPDATE', { contentType: 'application/sdp', body: HOLD })
      .catch(ignore);
    await stage.clock.advance(31_000);
    expect(called.core.exchange.state).toBe('have-remote-offer');
    await stage.clock.advance(2_000);
    await update;
    expect([called.core.exchange.state, called.core.exchanges.theirs()]).toEqual(['stable', false]);
  });

  it('a change that waits for its turn is refused when the call ends', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    called.onOffer = () => {};
    const changes = [calling.reinvite({ sdp: HOLD }), calling.reinvite({ sdp: OFFER })].map(change =>
      change.catch((error: SessionError) => error.code),
    );
    await stage.clock.advance(50);
    calling.bye();
    await stage.clock.advance(50);
    expect(await Promise.all(changes)).toEqual(['refused', 'terminated']);
  });

  it('and so is one of a callee that has no ACK yet', async () => {
    const stage = new Stage();
    const { incoming } = await ringing(stage);
    stage.network.weather = bytes => (bytes.toString('latin1').startsWith('ACK') ? [] : [0]);
    const session = incoming.accept({ sdp: ANSWER });
    const change = session.reinvite({ sdp: ANSWER }).catch((error: SessionError) => error.code);
    await stage.clock.advance(33_000);
    expect(await change).toBe('terminated');
  });
});

describe('the order of requests in a dialog (RFC 3261 §12.2.2)', () => {
  it('refuses a CSeq that is not higher with 500', async () => {
    const stage = new Stage();
    const { alice, calling } = await established(stage);
    void calling.info({});
    await stage.clock.advance(10);
    const { request, nextHop } = calling.dialog.request('INFO');
    request.headers.set('CSeq', '2 INFO');
    let status = 0;
    const final = (response: SipResponse) => {
      status = response.status;
    };
    alice.core.send({ request, nextHop }, { handlers: { final, failed: () => {} } });
    await stage.clock.advance(10);
    expect(status).toBe(500);
  });

  it('takes numbers that leave some out', async () => {
    const stage = new Stage();
    const { calling } = await established(stage);
    calling.dialog.nextSequence();
    calling.dialog.nextSequence();
    const info = calling.info({});
    await stage.clock.advance(10);
    expect((await info).status).toBe(200);
  });

  it('answers 481 in a dialog that is not there, and the asker ends its own', async () => {
    const stage = new Stage();
    const { calling, called, bob } = await established(stage);
    bob.core.remove(called);
    const update = calling.update().catch((error: SessionError) => error.status);
    await stage.clock.advance(10);
    expect(await update).toBe(481);
    expect(calling.end).toMatchObject({ by: 'network', cause: '481' });
  });

  it('refuses extensions that it does not speak with 420', async () => {
    const stage = new Stage();
    const { calling } = await established(stage);
    const info = calling.info({ headers: { Require: 'sorcery' } });
    await stage.clock.advance(10);
    expect([(await info).status, (await info).headers.get('Unsupported')]).toEqual([420, 'sorcery']);
  });
});
