import { describe, expect, it } from 'vitest';
import type { SipTarget } from '../../core/sip-target.ts';
import { createResponse, type ResponseInit } from '../../sip/message/create.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import { answerAt, EdgeStage, OUTSIDE, phoneAddress } from './support/edge-stage.ts';

/** How a scripted target answers the n-th request of a method, n ≥ 0. */
type Script = (request: SipRequest, nth: number) => readonly [number, Record<string, string>?];

const ALLOW = { Allow: 'INVITE, ACK, CANCEL, BYE, UPDATE' };
const N = 100;

/** A bridge to a target that answers by a script, refreshed every 100 s. */
async function bridged(
  script: Script,
  target: Partial<SipTarget> = {},
  accept: Record<string, string> = ALLOW,
) {
  const stage = await EdgeStage.open();
  const peer = await stage.peer(phoneAddress(1));
  const counts = new Map<string, number>();
  const answered = new Map<string, ReturnType<typeof createResponse>>();
  peer.onMessage = message => {
    if (!message.isRequest || message.method === 'ACK') return;
    const branch = message.via?.branch ?? '';
    let response = answered.get(branch);
    if (response === undefined) {
      const nth = counts.get(message.method) ?? 0;
      counts.set(message.method, nth + 1);
      const isFirst = message.method === 'INVITE' && nth === 0;
      const [status, headers = {}] = isFirst ? [200, accept] : script(message, nth);
      const init: ResponseInit = {
        toTag: 'bob',
        headers,
        ...(status < 300 && !('Contact' in headers) && { contact: `<sip:bob@${phoneAddress(1)}>` }),
        ...(status === 200 &&
          message.method === 'INVITE' && { contentType: 'application/sdp', body: answerAt(phoneAddress(1)) }),
      };
      response = createResponse(message, status, undefined, init);
      answered.set(branch, response);
    }
    void peer.send(response, OUTSIDE);
  };
  await stage.plan([{ updateSeconds: N, ...target }]);
  const call = stage.call();
  await stage.clock.advance(0);
  await stage.clock.advance(1);
  const start = stage.clock.now();
  const sent = (method: string) =>
    stage.network.passages.filter(
      ({ from, message }) =>
        from.address === OUTSIDE && message.isRequest && (message as SipRequest).method === method,
    );
  return {
    stage,
    call,
    times: (method: string) => sent(method).map(({ at }) => Math.round((at - start) / 100) / 10),
    requests: (method: string) =>
      sent(method).map(({ message, to }) => ({ request: message as SipRequest, to })),
  };
}

describe('an UPDATE every N seconds on the leg of a target', () => {
  it('4: 491, then 200: again in 2.1–4.0 s, and the next from that 200', async () => {
    const { stage, times, call } = await bridged((_request, nth) => [nth === 0 ? 491 : 200]);
    await stage.clock.advance(210_000);
    const [first = 0, second = 0, third = 0] = times('UPDATE');
    expect(first).toBe(N);
    expect(second - first).toBeGreaterThanOrEqual(2);
    expect(second - first).toBeLessThanOrEqual(4.1);
    expect(third - second).toBeCloseTo(N, 0);
    expect(call.session?.end).toBeUndefined();
  });

  it('5: 422 with Min-SE: again at once with that much', async () => {
    const session = { ...ALLOW, 'Session-Expires': '200;refresher=uac', Require: 'timer' };
    const { stage, requests } = await bridged(
      (_request, nth) => (nth === 0 ? [422, { 'Min-SE': '3600' }] : [200]),
      {},
      session,
    );
    await stage.clock.advance(101_000);
    const asked = requests('UPDATE').map(({ request }) => request.headers.get('Session-Expires'));
    expect(asked).toEqual(['200;refresher=uac', '3600;refresher=uac']);
  });

  it('6: 500 with Retry-After 3: again no earlier than that', async () => {
    const { stage, times } = await bridged((_request, nth) =>
      nth === 0 ? [500, { 'Retry-After': '3' }] : [200],
    );
    await stage.clock.advance(150_000);
    const [first = 0, second = 0] = times('UPDATE');
    expect(second - first).toBeGreaterThanOrEqual(3);
  });

  it('7: Allow without UPDATE: a re-INVITE with the description unchanged, which the inside leg never hears of', async () => {
    const { stage, requests } = await bridged(() => [200], {}, { Allow: 'INVITE, ACK, CANCEL, BYE' });
    await stage.clock.advance(101_000);
    const [first, again] = requests('INVITE');
    expect(requests('UPDATE')).toEqual([]);
    expect(Buffer.from(again?.request.body ?? []).toString()).toBe(
      Buffer.from(first?.request.body ?? []).toString(),
    );
    expect(stage.insideLadder.filter(line => line.includes('INVITE'))).toHaveLength(2);
  });

  it.each([405, 501])('8: %i: from then on re-INVITE, and the call stays', async status => {
    const { stage, requests, call } = await bridged(request => [request.method === 'UPDATE' ? status : 200]);
    await stage.clock.advance(350_000);
    expect(requests('UPDATE')).toHaveLength(1);
    expect(requests('INVITE')).toHaveLength(4);
    expect(call.session?.end).toBeUndefined();
  });

  it('13: 401: again with the target’s credentials', async () => {
    const { stage, requests, call } = await bridged(
      (request, nth) =>
        request.method === 'UPDATE' && nth === 0
          ? [401, { 'WWW-Authenticate': 'Digest realm="pbx", nonce="abc", algorithm=MD5' }]
          : [200],
      {
        credentials: { username: 'kate', password: { ciphertext: Buffer.from('s3cret').toString('base64') } },
      },
    );
    await stage.clock.advance(101_000);
    const [plain, authorised] = requests('UPDATE').map(({ request }) => request);
    expect(plain?.headers.has('Authorization')).toBe(false);
    expect(authorised?.headers.get('Authorization')).toContain('username="kate"');
    expect(authorised?.cseq?.number).toBe((plain?.cseq?.number ?? 0) + 1);
    expect(call.session?.end).toBeUndefined();
  });

  it('14: 200 with another Contact: what follows goes there, also after a restart', async () => {
    const { stage, requests, call } = await bridged(() => [200, { Contact: `<sip:bob@${phoneAddress(2)}>` }]);
    const other = await stage.peer(phoneAddress(2));
    other.onMessage = message => {
      if (message.isRequest && message.method !== 'ACK')
        void other.send(
          createResponse(message, 200, undefined, { contact: `<sip:bob@${phoneAddress(2)}>` }),
          OUTSIDE,
        );
    };
    await stage.clock.advance(210_000);
    void stage.edge.stop({ afterwards: 'hand-over' });
    await stage.clock.advance(5_000);
    stage.edge = await stage.startEdge();
    call.session?.bye();
    await stage.clock.advance(1_000);
    expect(requests('UPDATE').map(({ to }) => to.address)).toEqual([phoneAddress(1), phoneAddress(2)]);
    expect(requests('BYE').map(({ to }) => to.address)).toEqual([phoneAddress(2)]);
  });

  it.each([
    [480, 'ends'],
    [404, 'ends'],
    [503, 'stays'],
    [403, 'stays'],
  ] as const)('%i: the call %s', async (status, what) => {
    const { stage, call } = await bridged(request => [request.method === 'UPDATE' ? status : 200]);
    await stage.clock.advance(110_000);
    expect(call.session?.end === undefined).toBe(what === 'stays');
  });
});
