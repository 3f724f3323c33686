import { describe, expect, it } from 'vitest';
import type { SessionError } from '../../../sip/dialog/errors.ts';
import { createResponse } from '../../../sip/message/create.ts';
import type { IncomingInvitation } from '../../../sip/session/incoming-invitation.ts';
import { BOB, established, ringing } from '../support/calls.ts';
import { ANSWER, OFFER, Stage } from '../support/stage.ts';

describe('a call (RFC 3261 §13)', () => {
  it('gives both sides the same descriptions and a confirmed dialog', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    expect(stage.network.ladder).toEqual(['1 INVITE', '2 180 INVITE', '2 200 INVITE', '1 ACK']);
    expect([calling.dialog.state, called.dialog.state]).toEqual(['confirmed', 'confirmed']);
    expect([calling.remoteSdp, called.remoteSdp, called.localSdp]).toEqual([ANSWER, OFFER, ANSWER]);
  });

  it('leaves nothing behind once it has ended', async () => {
    const stage = new Stage();
    const { alice, bob, calling, called } = await established(stage);
    called.bye();
    await stage.clock.drain();
    expect(stage.network.ladder.slice(4)).toEqual(['2 BYE', '1 200 BYE']);
    expect([calling.end?.by, called.end?.by]).toEqual(['remote', 'local']);
    for (const agent of [alice, bob]) {
      expect(agent.sessions).toEqual([]);
      expect(agent.transactions.size).toEqual({ clients: 0, servers: 0 });
    }
    expect(stage.clock.pending).toBe(0);
  });

  it.each([
    ['"\\\0" <sip:alice@10.0.0.1>', 'a'],
    ['<sip:alice@10.0.0.1>;x="\\\0"', 'a'],
    ['<sip:alice@10.0.0.1>', '"\\\0"'],
    ['<sip:alice@10.0.0.1>', '"a;b"'],
  ])('can be hung up whatever its caller calls itself: %j with the tag %j', async (name, tag) => {
    const stage = new Stage();
    const bob = await stage.agent('10.0.0.2', { onError: error => expect.unreachable(`${error}`) });
    bob.onInvite = invitation => invitation.accept({ sdp: ANSWER });
    const peer = await stage.peer('10.0.0.1');
    const request = (method: string, to = '') =>
      Buffer.from(
        [
          `${method} ${BOB} SIP/2.0`,
          `Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK${method}`,
          `From: ${name};tag=${tag}`,
          `To: <${BOB}>${to}`,
          'Call-ID: c',
          `CSeq: 1 ${method}`,
          'Contact: <sip:10.0.0.1>\r\n\r\n',
        ].join('\r\n'),
      );
    await peer.send(request('INVITE'), '10.0.0.2');
    await stage.clock.advance(10);
    const [session] = bob.sessions;
    await peer.send(request('ACK', `;tag=${session?.dialog.localTag}`), '10.0.0.2');
    await stage.clock.advance(10);
    session?.bye();
    await stage.clock.advance(10);
    expect(peer.requests('BYE').map(({ headers }) => headers.get('To'))).toEqual([`${name};tag=${tag}`]);
  });

  it('ends although its BYE cannot be made', async () => {
    const stage = new Stage();
    const errors: unknown[] = [];
    const { alice, calling } = await established(stage, { alice: { onError: error => errors.push(error) } });
    const ends: unknown[] = [];
    calling.on('ended', end => ends.push(end));
    calling.bye({ headers: { Reason: 'two\r\nlines' } });
    await stage.clock.advance(10);
    expect(errors).toMatchObject([{ code: 'SIP_INJECTION' }]);
    expect([ends, alice.sessions]).toEqual([[{ by: 'local', cause: 'BYE' }], []]);
  });

  it('asks for the offer in the 200 and answers it in the ACK when the INVITE had none', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    const bob = await stage.agent('10.0.0.2');
    bob.onInvite = invitation => invitation.accept({ sdp: OFFER });
    const outgoing = alice.invite(BOB, { onOffer: offer => offer.accept(ANSWER) });
    await stage.clock.advance(10);
    expect(outgoing.sessions[0]?.remoteSdp).toBe(OFFER);
    expect(bob.sessions[0]?.remoteSdp).toBe(ANSWER);
  });

  it('ends with the refusal and no session', async () => {
    const stage = new Stage();
    const { incoming, failures, alice, bob } = await ringing(stage);
    incoming.reject(486);
    await stage.clock.advance(10);
    expect(failures.map(({ code, status }) => [code, status])).toEqual([['refused', 486]]);
    expect(stage.network.ladder.slice(2)).toEqual(['2 486 INVITE', '1 ACK']);
    await stage.clock.drain();
    expect([alice.sessions, bob.sessions]).toEqual([[], []]);
  });

  it('ends in a time-out where nobody answers', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    const outgoing = alice.invite(BOB, { sdp: OFFER });
    const answered = outgoing.answered.catch((error: SessionError) => error.code);
    await stage.clock.advance(31_999);
    expect(outgoing.sessions).toEqual([]);
    await stage.clock.advance(1);
    expect(await answered).toBe('timeout');
    expect(stage.network.passages).toHaveLength(7);
  });
});

describe('CANCEL (RFC 3261 §9)', () => {
  it('ends a ringing call with 487', async () => {
    const stage = new Stage();
    const { outgoing, incoming, failures } = await ringing(stage);
    let cancelled = 0;
    incoming.on('cancelled', () => cancelled++);
    outgoing.cancel({ headers: { Reason: 'SIP;cause=200;text="Call completed elsewhere"' } });
    await stage.clock.advance(10);
    expect(stage.network.ladder.slice(2)).toEqual(['1 CANCEL', '2 200 CANCEL', '2 487 INVITE', '1 ACK']);
    expect(failures.map(error => [error.code, error.status])).toEqual([['cancelled', 487]]);
    expect([cancelled, incoming.state]).toEqual([1, 'cancelled']);
    expect(incoming.session.end).toBeDefined();
  });

  it('waits for a provisional response', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    const bob = await stage.agent('10.0.0.2');
    bob.onInvite = () => {};
    const outgoing = alice.invite(BOB, { sdp: OFFER });
    await stage.clock.advance(100);
    outgoing.cancel();
    await stage.clock.advance(99);
    expect(stage.network.ladder).toEqual(['1 INVITE']);
    await stage.clock.advance(10);
    expect(stage.network.ladder.slice(1, 4)).toEqual(['2 100 INVITE', '1 CANCEL', '2 200 CANCEL']);
  });

  it('that crosses the 200 makes the caller acknowledge and hang up', async () => {
    const stage = new Stage();
    stage.network.weather = () => [50];
    const alice = await stage.agent('10.0.0.1');
    const bob = await stage.agent('10.0.0.2');
    let incoming: IncomingInvitation | undefined;
    bob.onInvite = invitation => {
      incoming = invitation;
      invitation.progress(180);
    };
    const outgoing = alice.invite(BOB, { sdp: OFFER });
    const answered = outgoing.answered.catch((error: SessionError) => error.code);
    await stage.clock.advance(120);
    outgoing.cancel();
    const called = incoming?.accept({ sdp: ANSWER });
    await stage.clock.drain();
    expect(await answered).toBe('cancelled');
    expect(called?.end?.by).toBe('remote');
    expect(stage.network.ladder.filter(line => /ACK|BYE/.test(line))).toEqual([
      '1 ACK',
      '1 BYE',
      '2 200 BYE',
    ]);
    expect([alice.sessions, bob.sessions]).toEqual([[], []]);
  });

  it('gives up 64·T1 after a CANCEL that changes nothing', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    const bob = await stage.peer('10.0.0.2');
    bob.onMessage = message => {
      if (message.isRequest && message.method === 'INVITE')
        void bob.send(createResponse(message, 180), '10.0.0.1');
      if (message.isRequest && message.method === 'CANCEL')
        void bob.send(createResponse(message, 200), '10.0.0.1');
    };
    const outgoing = alice.invite(BOB, { sdp: OFFER });
    const answered = outgoing.answered.catch((error: SessionError) => error.code);
    await stage.clock.advance(1_000);
    outgoing.cancel();
    await stage.clock.advance(32_000);
    expect(await answered).toBe('timeout');
    await stage.clock.drain();
    expect(alice.transactions.size).toEqual({ clients: 0, servers: 0 });
  });

  it('between a challenge and its answer means that the INVITE never leaves again', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1', { credentials: () => ({ username: 'a', password: 'b' }) });
    const bob = await stage.peer('10.0.0.2');
    const outgoing = alice.invite(BOB, { sdp: OFFER });
    bob.onMessage = message => {
      if (!message.isRequest || message.method !== 'INVITE') return;
      void bob.send(createResponse(message, 100), '10.0.0.1');
      const headers = { 'WWW-Authenticate': 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"' };
      void bob.send(createResponse(message, 401, undefined, { toTag: 'b', headers }), '10.0.0.1');
    };
    const answered = outgoing.answered.catch((error: SessionError) => error.code);
    // The ACK of the 401 leaves in the same moment as the answer to it is made.
    const { weather } = stage.network;
    stage.network.weather = (bytes, ...way) => {
      if (bytes.toString('latin1').startsWith('ACK')) queueMicrotask(() => outgoing.cancel());
      return weather(bytes, ...way);
    };
    await stage.clock.advance(40_000);
    expect(await answered).toBe('cancelled');
    expect(bob.requests('INVITE')).toHaveLength(1);
    expect(bob.requests('CANCEL')).toEqual([]);
  });

  it('for an unknown INVITE is answered 481', async () => {
    const stage = new Stage();
    const { alice, outgoing, incoming } = await ringing(stage);
    incoming.reject(486);
    await stage.clock.drain();
    const before = stage.network.passages.length;
    const cancel = outgoing.request.clone();
    void alice.request({ method: 'CANCEL', uri: cancel.uri });
    await stage.clock.advance(10);
    expect(stage.network.ladder.slice(before)).toEqual(['1 CANCEL', '2 481 CANCEL']);
  });
});

describe('the 2xx (RFC 3261 §13.3.1.4)', () => {
  it('is repeated until its ACK, and a repeated 2xx gets the same ACK again', async () => {
    const stage = new Stage();
    const { incoming } = await ringing(stage);
    let losses = 3;
    stage.network.weather = bytes => (bytes.toString('latin1').startsWith('ACK') && losses-- > 0 ? [] : [0]);
    const session = incoming.accept({ sdp: ANSWER });
    let confirmed = 0;
    session.on('confirmed', () => confirmed++);
    await stage.clock.advance(10_000);
    const after = stage.network.ladder.slice(2);
    expect(after.filter(line => line === '2 200 INVITE')).toHaveLength(4);
    expect(after.filter(line => line === '1 ACK')).toHaveLength(4);
    expect(confirmed).toBe(1);
  });

  it('without any ACK ends the call by BYE after 64·T1', async () => {
    const stage = new Stage();
    const { incoming } = await ringing(stage);
    stage.network.weather = bytes => (bytes.toString('latin1').startsWith('ACK') ? [] : [0]);
    const session = incoming.accept({ sdp: ANSWER });
    await stage.clock.advance(31_999);
    expect(session.end).toBeUndefined();
    await stage.clock.advance(10);
    expect(session.end).toMatchObject({ by: 'network', cause: 'no ACK' });
    expect(stage.network.ladder.at(-1)).toBe('1 200 BYE');
  });

  it('holds the callee’s requests back until the caller is known to have it', async () => {
    const stage = new Stage();
    const { incoming } = await ringing(stage);
    let losses = 1;
    stage.network.weather = bytes =>
      bytes.toString('latin1').includes(' 200 OK') && losses-- > 0 ? [] : [0];
    const session = incoming.accept({ sdp: ANSWER });
    const info = session.info({});
    await stage.clock.advance(600);
    expect(stage.network.ladder.slice(-4)).toEqual(['2 200 INVITE', '1 ACK', '2 INFO', '1 200 INFO']);
    expect((await info).status).toBe(200);
  });

  it('holds the callee back from BYE until it is acknowledged', async () => {
    const stage = new Stage();
    const { incoming } = await ringing(stage);
    let losses = 1;
    stage.network.weather = bytes => (bytes.toString('latin1').startsWith('ACK') && losses-- > 0 ? [] : [0]);
    const session = incoming.accept({ sdp: ANSWER });
    session.bye();
    await stage.clock.advance(400);
    expect(stage.network.ladder).not.toContain('2 BYE');
    await stage.clock.advance(1_000);
    expect(stage.network.ladder.slice(-3)).toEqual(['1 ACK', '2 BYE', '1 200 BYE']);
  });
});

describe('forked answers (RFC 3261 §13.2.2.4)', () => {
  async function forking(forks: 'first' | 'all') {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    const proxy = await stage.peer('10.0.0.2');
    const outgoing = alice.invite(BOB, { sdp: OFFER, forks });
    const accepted: string[] = [];
    outgoing.on('accepted', session => accepted.push(session.dialog.remoteTag));
    await stage.settle();
    const [invite] = proxy.requests('INVITE');
    const answer = (status: number, toTag: string) =>
      invite &&
      proxy.send(
        createResponse(invite, status, undefined, {
          toTag,
          contact: '<sip:fork@10.0.0.2>',
          ...(status === 200 ? { contentType: 'application/sdp', body: ANSWER } : {}),
        }),
        '10.0.0.1',
      );
    await answer(180, 'one');
    await answer(183, 'two');
    await answer(200, 'one');
    await answer(200, 'three');
    await stage.clock.advance(100);
    return { stage, alice, proxy, outgoing, accepted };
  }

  it('make one early dialog for each tag; the first 2xx wins and the next is acknowledged and ended', async () => {
    const { stage, outgoing, accepted, proxy } = await forking('first');
    expect(outgoing.sessions.map(({ dialog }) => [dialog.remoteTag, dialog.state])).toEqual([
      ['one', 'confirmed'],
      ['two', 'early'],
      ['three', 'terminated'],
    ]);
    expect(accepted).toEqual(['one']);
    expect(proxy.requests('ACK').map(ack => ack.to?.tag)).toEqual(['one', 'three']);
    expect(proxy.requests('BYE').map(bye => bye.to?.tag)).toEqual(['three']);
    await stage.clock.advance(32_000);
    expect(outgoing.sessions.map(({ dialog }) => dialog.remoteTag)).toEqual(['one', 'three']);
  });

  it('that come when the call is over already get their ACK, and BYE where the fork is another', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    const proxy = await stage.peer('10.0.0.2');
    const outgoing = alice.invite(BOB, { sdp: OFFER });
    await stage.settle();
    const [invite] = proxy.requests('INVITE');
    const accept = (toTag: string) =>
      invite &&
      proxy.send(
        createResponse(invite, 200, undefined, {
          toTag,
          contact: '<sip:fork@10.0.0.2>',
          contentType: 'application/sdp',
          body: ANSWER,
        }),
        '10.0.0.1',
      );
    await accept('one');
    await stage.clock.advance(10);
    outgoing.sessions[0]?.bye();
    await stage.clock.advance(10);
    for (const tag of ['one', 'other', 'other', 'one']) await accept(tag);
    await stage.clock.advance(10);
    const tags = (method: string) => proxy.requests(method).map(({ to }) => to?.tag);
    expect(tags('ACK')).toEqual(['one', 'one', 'other', 'other', 'one']);
    expect(new Set(tags('BYE'))).toEqual(new Set(['one', 'other']));
    const byes = proxy.requests('BYE').map(({ via }) => via?.branch);
    expect(new Set(byes).size).toBe(2);
  });

  it('are sessions all of them where asked', async () => {
    const { accepted, proxy } = await forking('all');
    expect(accepted).toEqual(['one', 'three']);
    expect(proxy.requests('BYE')).toEqual([]);
  });
});

describe('BYE races', () => {
  it('both sides at once: both get 200 and both ends are told once', async () => {
    const stage = new Stage();
    const { calling, called, alice, bob } = await established(stage);
    stage.network.weather = () => [30];
    let ends = 0;
    for (const session of [calling, called]) session.on('ended', () => ends++);
    calling.bye();
    called.bye();
    await stage.clock.drain();
    expect(stage.network.ladder.slice(4).sort()).toEqual(['1 200 BYE', '1 BYE', '2 200 BYE', '2 BYE']);
    expect(ends).toBe(2);
    expect([alice.sessions, bob.sessions]).toEqual([[], []]);
  });

  it('crossing a re-INVITE: it is refused and the call is over', async () => {
    const stage = new Stage();
    const { calling, called, alice, bob } = await established(stage);
    stage.network.weather = () => [30];
    const change = calling.reinvite({ sdp: OFFER }).catch((error: SessionError) => error.code);
    await stage.settle();
    called.bye();
    await stage.clock.drain();
    expect(['refused', 'terminated']).toContain(await change);
    expect([calling.end?.by, called.end?.by]).toEqual(['remote', 'local']);
    expect([alice.sessions, bob.sessions]).toEqual([[], []]);
    expect(alice.transactions.size).toEqual({ clients: 0, servers: 0 });
  });

  it('arriving while a re-INVITE waits for its user: 487 to the re-INVITE', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    called.onOffer = () => {};
    const change = calling.reinvite({ sdp: OFFER }).catch((error: SessionError) => error.status);
    await stage.clock.advance(50);
    calling.bye();
    await stage.clock.advance(50);
    expect(await change).toBe(487);
    expect(called.end?.by).toBe('remote');
  });

  it('in an early dialog the caller’s BYE ends the invitation', async () => {
    const stage = new Stage();
    const { outgoing, incoming, failures } = await ringing(stage);
    outgoing.sessions[0]?.bye();
    await stage.clock.advance(10);
    expect(incoming.state).toBe('cancelled');
    expect(failures.map(error => error.status)).toEqual([487]);
  });
});
