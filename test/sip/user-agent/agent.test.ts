import { describe, expect, it } from 'vitest';
import { createResponse } from '../../../sip/message/create.ts';
import type { SipRequest } from '../../../sip/message/message.ts';
import { TransportError } from '../../../sip/transport/errors.ts';
import { parseUri } from '../../../sip/uri/uri.ts';
import { BOB, established } from '../support/calls.ts';
import { OFFER, Stage } from '../support/stage.ts';

describe('requests outside dialogs', () => {
  it('OPTIONS is answered with what is spoken (RFC 3261 §11)', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1', { name: 'Alice/1' });
    await stage.agent('10.0.0.2', { name: 'Bob/1' });
    const options = alice.request({ method: 'OPTIONS', uri: BOB });
    await stage.settle();
    const response = await options;
    expect([response.status, response.headers.get('Accept'), response.headers.get('Server')]).toEqual([
      200,
      'application/sdp',
      'Bob/1',
    ]);
    expect(response.allow).toContain('UPDATE');
    expect(response.supported).toContain('timer');
    expect(stage.network.passages[0]?.message.headers.get('User-Agent')).toBe('Alice/1');
  });

  it.each([
    ['MESSAGE', {}, 405],
    ['BYE', {}, 481],
    ['INVITE', {}, 480],
    ['OPTIONS', { Require: 'sorcery' }, 420],
  ])('%s with %o gets %i where nobody takes it', async (method, headers, status) => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    await stage.agent('10.0.0.2');
    const response = alice.request({ method, uri: BOB, headers });
    await stage.settle();
    expect((await response).status).toBe(status);
  });

  it('a URI scheme that is not spoken gets 416', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    await stage.agent('10.0.0.2');
    const response = alice.request({
      method: 'OPTIONS',
      uri: 'http://example.com',
      routes: ['<sip:10.0.0.2;lr>'],
    });
    await stage.settle();
    expect((await response).status).toBe(416);
  });

  it('a request in a dialog that is not there gets 481, and an ACK nothing', async () => {
    const stage = new Stage();
    const { bob, calling } = await established(stage);
    bob.sessions[0]?.drop('gone');
    const before = stage.network.passages.length;
    const info = calling.core.request('INFO');
    await stage.settle();
    expect((await info).status).toBe(481);
    expect(stage.network.ladder.slice(before, before + 2)).toEqual(['1 INFO', '2 481 INFO']);
  });

  it('a request is sent to the next hop that it names, and says nothing of it', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    await stage.agent('10.0.0.2');
    const response = alice.request({
      method: 'OPTIONS',
      uri: 'sip:bob@192.168.1.7:5062',
      nextHop: parseUri('sip:10.0.0.2'),
    });
    await stage.settle();
    expect((await response).status).toBe(200);
    const [sent] = stage.network.passages.map(({ message }) => message as SipRequest);
    expect([sent?.uri, sent?.headers.has('Route')]).toEqual(['sip:bob@192.168.1.7:5062', false]);
  });

  it('a request that is repeated with credentials has a higher sequence number (RFC 3261 §22.1)', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    const bob = await stage.agent('10.0.0.2');
    const numbers: (number | undefined)[] = [];
    bob.onRequest = incoming => {
      numbers.push(incoming.request.cseq?.number);
      const challenge = 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"';
      if (incoming.request.headers.has('Authorization')) incoming.respond(200);
      else incoming.respond(401, { headers: { 'WWW-Authenticate': challenge } });
    };
    const credentials = () => ({ username: 'alice', password: 'secret' });
    const response = alice.request({ method: 'MESSAGE', uri: BOB, credentials });
    await stage.settle();
    expect([(await response).status, numbers]).toEqual([200, [1, 2]]);
  });

  it('other methods go to whoever takes them', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    const bob = await stage.agent('10.0.0.2');
    bob.onRequest = incoming => incoming.respond(incoming.request.method === 'MESSAGE' ? 202 : 501);
    const message = alice.request({ method: 'MESSAGE', uri: BOB, contentType: 'text/plain', body: 'hi' });
    await stage.settle();
    expect((await message).status).toBe(202);
  });
});

describe('handlers and headers that break', () => {
  it('an onInvite that throws refuses the call with 500, is reported, and leaves nothing', async () => {
    const stage = new Stage();
    const errors: unknown[] = [];
    const alice = await stage.agent('10.0.0.1');
    const bob = await stage.agent('10.0.0.2', { onError: error => errors.push(error) });
    bob.onInvite = () => {
      throw new Error('broken');
    };
    const outcome = alice
      .invite(BOB, { sdp: OFFER })
      .answered.catch((error: { status: number }) => error.status);
    await stage.settle();
    expect(await outcome).toBe(500);
    expect([errors.length, bob.sessions]).toEqual([1, []]);
  });

  it('a listener that throws does not stop the others’ calls', async () => {
    const stage = new Stage();
    const errors: unknown[] = [];
    const { calling, called } = await established(stage, { alice: { onError: error => errors.push(error) } });
    calling.on('ended', () => {
      throw new Error('broken');
    });
    called.bye();
    await stage.clock.drain();
    expect([errors.length, calling.end?.by, stage.clock.pending]).toEqual([1, 'remote', 0]);
  });

  it('a listener that throws when nothing can be sent is reported, and does not break the socket that tells it', async () => {
    const stage = new Stage();
    const errors: unknown[] = [];
    const transport = stage.network.transport('10.0.0.1');
    const flowTo = transport.flowTo.bind(transport);
    transport.flowTo = async target => ({
      ...(await flowTo(target)),
      send: (_bytes, failed) => {
        stage.clock.setTimeout(() => failed?.(new TransportError('connection-refused', 'No way.')), 20);
      },
    });
    const onError = (error: unknown) => errors.push(error);
    const alice = await stage.agent('10.0.0.1', { transports: [transport], onError });
    const thrown = new Error('broken');
    const invitation = alice.invite(BOB, { sdp: OFFER });
    invitation.on('failed', () => {
      throw thrown;
    });
    await stage.clock.advance(10);
    invitation.cancel();
    await stage.clock.advance(10);
    expect(errors).toEqual([thrown]);
  });

  it('a header in a request that cannot be read gets 400, once', async () => {
    const stage = new Stage();
    const { calling } = await established(stage);
    const update = calling.core.request('UPDATE', { headers: { 'Session-Expires': 'soon' } });
    await stage.clock.advance(10);
    expect((await update).status).toBe(400);
    expect(calling.end).toBeUndefined();
  });

  it('headers in a 2xx that cannot be read do not lose the call', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    const bob = await stage.peer('10.0.0.2');
    bob.onMessage = message => {
      if (!message.isRequest || message.method !== 'INVITE') return;
      const headers = { 'Session-Expires': 'never', Allow: 'a b', Supported: ';', 'Min-SE': '-' };
      void bob.send(
        createResponse(message, 200, undefined, { toTag: 'b', contact: '<sip:b@10.0.0.2>', headers }),
        '10.0.0.1',
      );
    };
    const invitation = alice.invite(BOB, { sdp: OFFER, sessionTimer: { intervalSeconds: 1_800 } });
    await stage.settle();
    expect((await invitation.answered).dialog.state).toBe('confirmed');
    expect(bob.requests('ACK')).toHaveLength(1);
  });
});

describe('routes (RFC 3261 §12.2.1.1, §16.12.1)', () => {
  async function through(recordRoutes: readonly string[]) {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    const proxy = await stage.peer('10.0.0.9');
    proxy.onMessage = message => {
      if (!message.isRequest || message.method !== 'INVITE') return;
      const response = createResponse(message, 200, undefined, { toTag: 'b', contact: '<sip:bob@10.0.0.2>' });
      response.headers.set('Record-Route', recordRoutes);
      void proxy.send(response, '10.0.0.1');
    };
    const invitation = alice.invite(BOB, { sdp: OFFER, routes: ['<sip:10.0.0.9;lr>'] });
    await stage.settle();
    (await invitation.answered).bye();
    await stage.settle();
    return { proxy, session: await invitation.answered };
  }

  const addressed = (request: SipRequest | undefined) => [request?.uri, request?.headers.all('Route')];

  it('loose: the target stays in the Request-URI, the route set in reverse order in Route', async () => {
    const { proxy } = await through(['<sip:10.0.0.8;lr>', '<sip:10.0.0.9;lr>']);
    expect(addressed(proxy.requests('INVITE')[0])).toEqual([BOB, ['<sip:10.0.0.9;lr>']]);
    for (const method of ['ACK', 'BYE'])
      expect(addressed(proxy.requests(method)[0])).toEqual([
        'sip:bob@10.0.0.2',
        ['<sip:10.0.0.9;lr>', '<sip:10.0.0.8;lr>'],
      ]);
  });

  it('strict: the router is the Request-URI, and the target the last Route', async () => {
    const { proxy } = await through(['<sip:10.0.0.8;lr>', '<sip:10.0.0.9>']);
    expect(addressed(proxy.requests('BYE')[0])).toEqual([
      'sip:10.0.0.9',
      ['<sip:10.0.0.8;lr>', '<sip:bob@10.0.0.2>'],
    ]);
  });
});

describe('a dialog that was written down', () => {
  async function moved(afterSeconds: number, downSeconds: number) {
    const stage = new Stage();
    const timer = { keepAliveSeconds: 900 };
    const { alice, calling, called } = await established(stage, { invite: { sessionTimer: timer } });
    await stage.clock.advance(afterSeconds * 1_000);
    const snapshot = JSON.parse(JSON.stringify(calling.snapshot()));
    await alice.close();
    await stage.clock.advance(downSeconds * 1_000);
    const again = await stage.agent('10.0.0.1');
    const start = stage.network.passages.length;
    const restored = again.restore(snapshot);
    const since = () => stage.network.ladder.slice(start);
    return { stage, calling, called, restored, since };
  }

  it('goes on in another process, its refreshes at their old times', async () => {
    const { stage, calling, called, restored, since } = await moved(600, 100);
    await stage.clock.advance(199_000);
    expect(since()).toEqual([]);
    await stage.clock.advance(2_000);
    expect(since()).toEqual(['1 UPDATE', '2 200 UPDATE']);
    called.bye();
    await stage.clock.advance(10);
    expect([restored.end?.by, restored.remoteSdp, restored.localSdp]).toEqual([
      'remote',
      calling.remoteSdp,
      OFFER,
    ]);
  });

  it('does at once what fell due while it was down', async () => {
    const { stage, called, since } = await moved(600, 500);
    await stage.clock.advance(10);
    expect(since()).toEqual(['1 UPDATE', '2 200 UPDATE']);
    expect(called.end).toBeUndefined();
  });
});

describe('an agent that closes', () => {
  it('leaves no timer, transaction or dialog, whatever was open', async () => {
    const stage = new Stage();
    const { alice, bob, calling } = await established(stage, {
      invite: { sessionTimer: { keepAliveSeconds: 900 } },
    });
    void calling.reinvite({ sdp: OFFER }).catch(() => {});
    alice.invite('sip:nobody@10.0.0.7', { sdp: OFFER });
    await stage.clock.advance(1);
    await Promise.all([alice.close(), bob.close()]);
    await stage.settle();
    expect([alice.sessions, bob.sessions, stage.clock.pending]).toEqual([[], [], 0]);
    expect([alice.transactions.size, bob.transactions.size]).toEqual([
      { clients: 0, servers: 0 },
      { clients: 0, servers: 0 },
    ]);
  });
});

describe('an agent with a listener inside and one outside', () => {
  const INSIDE = '10.0.0.1';
  const OUTSIDE = '192.0.2.1';

  it('sends the requests of a dialog by the listener that it was made on', async () => {
    const stage = new Stage();
    const edge = await stage.agent(INSIDE, {
      transports: [stage.network.transport(INSIDE), stage.network.transport(OUTSIDE)],
    });
    edge.onInvite = invitation => invitation.accept({ sdp: OFFER });
    const carrier = await stage.agent('198.51.100.1');
    carrier.invite(`sip:edge@${OUTSIDE}`, { sdp: OFFER });
    await stage.clock.advance(10);
    edge.sessions[0]?.bye();
    await stage.clock.advance(10);
    const bye = stage.network.passages.find(({ message }) => message.isRequest && message.method === 'BYE');
    expect(bye?.from.address).toBe(OUTSIDE);
  });

  it('calls by the one that it is told to', async () => {
    const stage = new Stage();
    const outside = stage.network.transport(OUTSIDE);
    const edge = await stage.agent(INSIDE, { transports: [stage.network.transport(INSIDE), outside] });
    const carrier = await stage.agent('198.51.100.1');
    carrier.onInvite = invitation => invitation.accept({ sdp: OFFER });
    const invitation = edge.invite('sip:bob@198.51.100.1', { sdp: OFFER, transport: outside });
    await stage.clock.advance(10);
    (await invitation.answered).bye();
    await stage.clock.advance(10);
    const ours = stage.network.passages.filter(({ to }) => to.address === '198.51.100.1');
    expect(ours.map(({ from, message }) => `${from.address} ${message.via?.host}`)).toEqual(
      ['INVITE', 'ACK', 'BYE'].map(() => `${OUTSIDE} ${OUTSIDE}`),
    );
    expect(ours[0]?.message.contact?.uri.toString()).toBe(`sip:${OUTSIDE}:5060`);
  });
});
