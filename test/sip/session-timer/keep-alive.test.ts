import { describe, expect, it } from 'vitest';
import { createRequest, createResponse } from '../../../sip/message/create.ts';
import type { SipRequest } from '../../../sip/message/message.ts';
import type { IncomingOffer } from '../../../sip/session/incoming-offer.ts';
import { established } from '../support/calls.ts';
import { type ScriptedCall, scriptedCall } from '../support/scripted-callee.ts';
import { ANSWER, HOLD, OFFER, Stage } from '../support/stage.ts';

const N = 900;
const EVERY_N = { sessionTimer: { keepAliveSeconds: N } } as const;
const ALLOW = { Allow: 'INVITE, ACK, CANCEL, BYE, UPDATE' };
const SECOND = 1_000;

const sequences = (requests: SipRequest[]) => requests.map(request => request.cseq?.number ?? 0);

/** A request of the scripted callee in the call, made from what it was sent. */
function fromCallee(
  call: ScriptedCall,
  method: string,
  cseq: number,
  extra: { body?: string } = {},
): SipRequest {
  const [invite] = call.peer.requests('INVITE');
  if (invite === undefined) throw new Error('no INVITE');
  return createRequest({
    method,
    uri: `${invite.contact?.uri}`,
    via: `SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKcallee${method}${cseq}`,
    from: `<sip:bob@10.0.0.2>;tag=bob`,
    to: invite.headers.get('From') ?? '',
    callId: invite.callId ?? '',
    cseq,
    contact: '<sip:bob@10.0.0.2>',
    ...(extra.body === undefined ? {} : { contentType: 'application/sdp', body: extra.body }),
  });
}

describe('an UPDATE every N seconds: what each behaviour of the peer leads to', () => {
  it('1: 200 to each UPDATE: ticks at N, 2N, 3N; CSeq strictly rising; tags and Contact present', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, { invite: EVERY_N, accept: ALLOW });
    await stage.clock.advance(3 * N * SECOND);
    expect(call.times('UPDATE')).toEqual([N, 2 * N, 3 * N]);
    const updates = call.requests('UPDATE');
    expect(sequences(updates)).toEqual([2, 3, 4]);
    for (const update of updates) {
      expect([update.from?.tag, update.to?.tag]).toEqual([call.session.dialog.localTag, 'bob']);
      expect(update.contact?.uri.toString()).toBe('sip:10.0.0.1:5060');
      expect([update.body.length, update.maxForwards]).toEqual([0, 70]);
    }
  });

  it('2: 481: BYE, timers gone', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: EVERY_N,
      accept: ALLOW,
      script: request => [request.method === 'UPDATE' ? 481 : 200],
    });
    await stage.clock.advance(3 * N * SECOND);
    expect(call.requests('UPDATE')).toHaveLength(1);
    expect(call.requests('BYE')).toHaveLength(1);
    expect(call.session.end).toEqual({ by: 'timer', cause: '481' });
    expect(stage.clock.pending).toBe(0);
  });

  it('3: no answer: after 32 s as 481; 11 transmissions over UDP', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: EVERY_N,
      accept: ALLOW,
      script: request => (request.method === 'UPDATE' ? undefined : [200]),
    });
    await stage.clock.advance((N + 31) * SECOND);
    expect(call.session.end).toBeUndefined();
    await stage.clock.advance(1 * SECOND);
    expect(call.session.end).toEqual({ by: 'timer', cause: 'timeout' });
    const sent = call.times('UPDATE').map(at => at - N);
    expect(sent).toEqual([0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]);
    expect(sent).toHaveLength(11);
    expect(call.requests('BYE')).toHaveLength(1);
  });

  it('4: 491, then 200: once more after 2.1–4.0 s, the next tick N after that 200', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: EVERY_N,
      accept: ALLOW,
      script: (request, nth) => [request.method === 'UPDATE' && nth === 0 ? 491 : 200],
    });
    await stage.clock.advance(2 * N * SECOND + 10 * SECOND);
    const [first, second, third] = call.times('UPDATE');
    expect(first).toBe(N);
    expect(second).toBeGreaterThanOrEqual(N + 2.1);
    expect(second).toBeLessThanOrEqual(N + 4);
    expect(third).toBeCloseTo((second ?? 0) + N, 3);
    expect(sequences(call.requests('UPDATE'))).toEqual([2, 3, 4]);
  });

  it('5: 422 with Min-SE 3600: a new UPDATE at once with Session-Expires of at least 3600', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: EVERY_N,
      accept: { ...ALLOW, 'Session-Expires': '1800;refresher=uac', Require: 'timer' },
      script: (request, nth) =>
        request.method === 'UPDATE' && nth === 0 ? [422, { 'Min-SE': '3600' }] : [200],
    });
    await stage.clock.advance(N * SECOND);
    expect(call.times('UPDATE')).toEqual([N, N]);
    expect(call.requests('UPDATE').map(update => update.headers.get('Session-Expires'))).toEqual([
      '1800;refresher=uac',
      '3600;refresher=uac',
    ]);
    expect(call.requests('UPDATE')[1]?.headers.get('Min-SE')).toBe('3600');
  });

  it('6: 500 with Retry-After 3: once more, not before 3 s', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: EVERY_N,
      accept: ALLOW,
      script: (request, nth) =>
        request.method === 'UPDATE' && nth === 0 ? [500, { 'Retry-After': '3' }] : [200],
    });
    await stage.clock.advance((N + 10) * SECOND);
    expect(call.times('UPDATE')).toEqual([N, N + 3]);
    expect(call.session.end).toBeUndefined();
  });

  it('7: Allow without UPDATE: the first refresh is a re-INVITE with the SDP unchanged', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: EVERY_N,
      accept: { Allow: 'INVITE, ACK, CANCEL, BYE' },
    });
    await stage.clock.advance(2 * N * SECOND);
    expect(call.times('UPDATE')).toEqual([]);
    expect(call.times('INVITE').slice(1)).toEqual([N, 2 * N]);
    expect(`${Buffer.from(call.requests('INVITE')[1]?.body ?? [])}`).toBe(OFFER);
    expect(call.peer.requests('ACK')).toHaveLength(3);
  });

  it('7: … and a peer that says 100 and nothing else, to a CANCEL neither, is not there any more', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: EVERY_N,
      accept: { Allow: 'INVITE, ACK, CANCEL, BYE' },
      script: ({ method }) => [method === 'INVITE' ? 100 : 200],
    });
    await stage.clock.advance((N + 120) * SECOND);
    expect(call.requests('INVITE')).toHaveLength(2);
    expect([call.requests('CANCEL').length, call.requests('BYE').length]).toEqual([1, 1]);
    expect(call.alice.transactions.size.clients).toBe(0);
  });

  it.each([405, 501])('8: %i: the next refresh is a re-INVITE, and the call stays', async status => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: EVERY_N,
      accept: ALLOW,
      script: request => [request.method === 'UPDATE' ? status : 200],
    });
    await stage.clock.advance(2 * N * SECOND);
    expect(call.times('UPDATE')).toEqual([N]);
    expect(call.times('INVITE').slice(1)).toEqual([N, 2 * N]);
    expect(call.session.end).toBeUndefined();
  });

  it.each([
    ['without', undefined],
    ['with', ANSWER],
  ])('9: the peer’s UPDATE %s SDP while ours (without) is open: we answer 200', async (_word, body) => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: EVERY_N,
      accept: ALLOW,
      script: request => (request.method === 'UPDATE' ? undefined : [200]),
    });
    await stage.clock.advance(N * SECOND);
    expect(call.session.timer.refresher.state).toBe('Pending');
    await call.peer.send(fromCallee(call, 'UPDATE', 1, body === undefined ? {} : { body }), '10.0.0.1');
    await stage.clock.advance(10);
    expect(stage.network.ladder.at(-1)).toBe('1 200 UPDATE');
  });

  it('9: … and 491 only if an offer of ours is open', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: EVERY_N,
      accept: ALLOW,
      script: request => (request.method === 'UPDATE' ? undefined : [200]),
    });
    void call.session.update({ sdp: OFFER }).catch(() => {});
    await stage.clock.advance(10);
    await call.peer.send(fromCallee(call, 'UPDATE', 1, { body: ANSWER }), '10.0.0.1');
    await stage.clock.advance(10);
    expect(stage.network.ladder.at(-1)).toBe('1 491 UPDATE');
  });

  it('10: the peer hangs up between ticks: no UPDATE after the BYE', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, { invite: EVERY_N, accept: ALLOW });
    await stage.clock.advance(1.5 * N * SECOND);
    await call.peer.send(fromCallee(call, 'BYE', 1), '10.0.0.1');
    await stage.clock.advance(3 * N * SECOND);
    expect(call.times('UPDATE')).toEqual([N]);
    expect(call.session.end?.by).toBe('remote');
    expect(stage.clock.pending).toBe(0);
  });

  it('11: only one leg has it: no UPDATE on the other', async () => {
    const stage = new Stage();
    const legA = await scriptedCall(stage, { invite: EVERY_N, accept: ALLOW });
    const legB = await scriptedCall(stage, { from: legA.alice, address: '10.0.0.3', accept: ALLOW });
    await stage.clock.advance(2 * N * SECOND);
    expect([legA.times('UPDATE').length, legB.times('UPDATE').length]).toEqual([2, 0]);
  });

  it('12: a different N on each leg: independent schedules', async () => {
    const stage = new Stage();
    const legA = await scriptedCall(stage, { invite: EVERY_N, accept: ALLOW });
    const legB = await scriptedCall(stage, {
      from: legA.alice,
      address: '10.0.0.3',
      invite: { sessionTimer: { keepAliveSeconds: 600 } },
      accept: ALLOW,
    });
    await stage.clock.advance(1_900 * SECOND);
    expect([legA.times('UPDATE'), legB.times('UPDATE')]).toEqual([
      [900, 1_800],
      [600, 1_200, 1_800],
    ]);
  });

  it('13: 401: repeated with credentials', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: { ...EVERY_N, credentials: () => ({ username: 'alice', password: 'secret' }) },
      accept: ALLOW,
      script: (request, nth) =>
        request.method === 'UPDATE' && nth === 0
          ? [401, { 'WWW-Authenticate': 'Digest realm="here", nonce="abc", qop="auth", algorithm=SHA-256' }]
          : [200],
    });
    await stage.clock.advance(2 * N * SECOND);
    const updates = call.requests('UPDATE');
    expect(updates.map(update => update.headers.has('Authorization'))).toEqual([false, true, true]);
    expect(sequences(updates)).toEqual([2, 3, 4]);
    expect(call.times('UPDATE')).toEqual([N, N, 2 * N]);
  });

  it('14: 200 with another Contact: the next UPDATE and the BYE go to the new target', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: EVERY_N,
      accept: ALLOW,
      script: request => [200, request.method === 'UPDATE' ? { Contact: '<sip:moved@10.0.0.2:5060>' } : {}],
    });
    await stage.clock.advance(2 * N * SECOND);
    call.session.bye();
    await stage.clock.advance(10);
    expect(call.requests('UPDATE').map(update => update.uri)).toEqual([
      'sip:bob@10.0.0.2',
      'sip:moved@10.0.0.2:5060',
    ]);
    expect(call.requests('BYE')[0]?.uri).toBe('sip:moved@10.0.0.2:5060');
  });
});

describe('a keep-alive beside a session timer', () => {
  it('asks for twice its period, with us as refresher', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, { invite: EVERY_N });
    const [invite] = call.requests('INVITE');
    expect(invite?.headers.get('Session-Expires')).toBe('1800;refresher=uac');
    expect(invite?.supported).toContain('timer');
  });

  it('goes on without Session-Expires where the peer has no timers', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, { invite: EVERY_N, accept: ALLOW });
    await stage.clock.advance(N * SECOND);
    expect(call.requests('UPDATE')[0]?.headers.has('Session-Expires')).toBe(false);
  });

  it('goes on, with the roles as they are, where the peer refreshes, and its refreshes do not move ours', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: { sessionTimer: { keepAliveSeconds: 600, intervalSeconds: 1_800, refresher: 'peer' } },
      accept: { ...ALLOW, 'Session-Expires': '1800;refresher=uas' },
      script: () => [200, { 'Session-Expires': '1800;refresher=uas' }],
    });
    await stage.clock.advance(300 * SECOND);
    const refresh = fromCallee(call, 'UPDATE', 1);
    refresh.headers.set('Session-Expires', '1800;refresher=uac').set('Supported', 'timer');
    await call.peer.send(refresh, '10.0.0.1');
    await stage.clock.advance(1_000 * SECOND);
    expect(call.times('UPDATE')).toEqual([600, 1_200]);
    expect(call.requests('UPDATE')[0]?.headers.get('Session-Expires')).toBe('1800;refresher=uas');
    expect(call.session.timer.agreement).toEqual({ intervalSeconds: 1_800, weRefresh: false, shared: true });
  });

  it('refreshes at half of the interval where the peer lowered it under twice the period', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: EVERY_N,
      accept: { ...ALLOW, 'Session-Expires': '600;refresher=uac', Require: 'timer' },
      script: () => [200, { 'Session-Expires': '600;refresher=uac' }],
    });
    await stage.clock.advance(N * SECOND);
    expect(call.times('UPDATE')).toEqual([300, 600, 900]);
  });

  it('waits for a transaction of ours to end, and a re-INVITE that succeeded stands for the tick', async () => {
    const stage = new Stage();
    let answerReinvite = false;
    const call = await scriptedCall(stage, {
      invite: EVERY_N,
      accept: ALLOW,
      script: request => (request.method === 'INVITE' && !answerReinvite ? [180] : [200]),
    });
    await stage.clock.advance((N - 5) * SECOND);
    const change = call.session.reinvite({ sdp: OFFER });
    await stage.clock.advance(10 * SECOND);
    expect(call.session.timer.refresher.state).toBe('Defer');
    answerReinvite = true;
    const [, reinvite] = call.peer.requests('INVITE');
    if (reinvite)
      await call.peer.send(
        createResponse(reinvite, 200, undefined, {
          contact: '<sip:bob@10.0.0.2>',
          contentType: 'application/sdp',
          body: ANSWER,
        }),
        '10.0.0.1',
      );
    await stage.clock.advance(10);
    await change;
    expect(call.session.timer.refresher.state).toBe('Wait');
    await stage.clock.advance(N * SECOND);
    expect(call.times('UPDATE')).toHaveLength(1);
  });

  it('gives the call up after three refreshes in a row that failed', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: EVERY_N,
      accept: ALLOW,
      script: request => [request.method === 'UPDATE' ? 503 : 200],
    });
    await stage.clock.advance(2 * N * SECOND + 10);
    expect(call.session.end).toBeUndefined();
    await stage.clock.advance(N * SECOND);
    expect(call.session.end).toMatchObject({ by: 'timer' });
  });

  it('waits while a re-INVITE of the peer is open, and goes on once its ACK has come', async () => {
    const stage = new Stage();
    const call = await established(stage, { invite: EVERY_N });
    const offers: IncomingOffer[] = [];
    call.calling.onOffer = offer => offers.push(offer);
    await stage.clock.advance((N - 5) * SECOND);
    void call.called.reinvite({ sdp: HOLD });
    await stage.clock.advance(10 * SECOND);
    expect(call.calling.timer.refresher.state).toBe('Defer');
    offers[0]?.accept(OFFER);
    await stage.clock.advance(10);
    expect(stage.network.ladder.slice(-2)).toEqual(['1 UPDATE', '2 200 UPDATE']);
    expect(call.calling.timer.refresher.state).toBe('Wait');
  });
});
