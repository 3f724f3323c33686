import type { SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StoredSession } from '../../../aws/sessions.ts';
import type { Call, StatusCallback } from '../../../core/call.ts';
import type { CallEvent } from '../../../core/event.ts';
import { systemRandom } from '../../../core/random.ts';
import { createSession } from '../../../core/session.ts';
import { childSid, newSid } from '../../../core/sid.ts';
import { createDeliver, LEASE_MS } from '../../../lambdas/deliver/deliver.ts';
import { RETRY_AFTER_SECONDS } from '../../../lambdas/deliver/retry-schedule.ts';
import { CustomerServer } from '../../support/customer-server.ts';
import { ServiceBench } from '../../support/service-bench.ts';

const ACCOUNT = `AC${'a'.repeat(32)}`;
const TOKEN = 'the-auth-token';

describe('deliver', () => {
  let bench: ServiceBench;
  let customer: CustomerServer;
  let deliver: ReturnType<typeof createDeliver>;
  let callSid: string;

  beforeAll(async () => {
    bench = await ServiceBench.start();
    customer = new CustomerServer(() => bench.clock.now());
    customer.authToken = TOKEN;
    await customer.listen();
    await bench.stores.accounts.put({
      accountSid: ACCOUNT,
      authToken: TOKEN,
      friendlyName: 'Account',
      callsPerSecond: 1,
    });
    deliver = createDeliver(bench.context);
  });
  beforeEach(() => {
    callSid = `${newSid('CA', systemRandom).slice(0, -4)}0000`;
  });
  afterEach(async () => {
    customer.reset();
    bench.events.splice(0);
    bench.requests.splice(0);
    await bench.messages('dead-letters');
  });
  afterAll(async () => {
    await customer.close();
    await bench.close();
  });

  /** A call with a subscriber, and one of its events as the queue brings it. */
  async function event(
    callback: Partial<StatusCallback> = {},
    dialect: 'signalwire' | 'datatechlabs' = 'signalwire',
  ): Promise<CallEvent & { 'detail-type': string }> {
    const { session, events } = createSession({
      sid: callSid,
      accountSid: ACCOUNT,
      dialect,
      direction: 'inbound',
      to: '+12025550110',
      from: '+12025550100',
      entry: { verbs: [] },
      callback: { url: `${customer.url}/status`, method: 'POST', events: ['ringing'], ...callback },
      nowMs: bench.clock.now(),
    });
    await bench.stores.sessions.create({ session }, bench.clock.now());
    const [first] = events as [CallEvent];
    return { ...first, 'detail-type': first.type };
  }

  const run = async (body: object, receives = 1) => {
    const record = await bench.received('callbacks', body, receives);
    const { batchItemFailures } = await deliver({ Records: [record] });
    return { again: batchItemFailures.length > 0, heldBack: bench.heldBack() };
  };
  /** The same message, as often as the queue brings it. */
  const again = async (record: SQSRecord) =>
    (await deliver({ Records: [record] })).batchItemFailures.length > 0;
  const delivery = async () => (await bench.stores.deliveries.list(callSid))[0];
  const reports = () => bench.events.map(({ 'detail-type': type }) => type);

  it('asks the subscriber once, writes that down and tells of it', async () => {
    expect(await run(await event())).toEqual({ again: false, heldBack: [] });
    expect(customer.requests).toMatchObject([{ method: 'POST', path: '/status', genuine: true }]);
    expect(customer.requests[0]?.parameters).toMatchObject({ CallSid: callSid, CallStatus: 'ringing' });
    expect(await delivery()).toMatchObject({
      eventId: `${callSid}-0`,
      state: 'delivered',
      attempts: [{ status: 200 }],
      request: { method: 'POST', url: `${customer.url}/status` },
    });
    expect(bench.events).toMatchObject([
      { 'detail-type': 'Callback Delivered', source: 'dialplane', detail: { delivery: { attempts: 1 } } },
    ]);
  });

  it('asks the subscriber of a call that has left its session since', async () => {
    const { detail, ...more } = await event();
    const { sessions } = bench.stores;
    const stored = (await sessions.get(callSid)) as StoredSession;
    const [root] = stored.session.calls as [Call];
    const left = { ...root, sid: childSid(callSid, 1), parentSid: callSid };
    const session = { ...stored.session, leaving: [left], dialledBefore: 1 };
    await sessions.save({ ...stored, session }, bench.clock.now());

    await run({ ...more, detail: { ...detail, call: { ...detail.call, sid: left.sid } } });

    expect(customer.requests).toMatchObject([{ path: '/status', parameters: { CallSid: left.sid } }]);
  });

  it.each([
    ['signalwire', 'GET'],
    ['signalwire', 'POST'],
    ['datatechlabs', 'GET'],
    ['datatechlabs', 'POST'],
  ] as const)('signs as %s does, by %s', async (dialect, method) => {
    await run(await event({ method, url: `${customer.url}/status?a=b%20c` }, dialect));
    expect(customer.requests).toMatchObject([{ method, genuine: true }]);
    expect(customer.requests[0]?.url).toMatch(/^\/status\?a=b%20c/);
  });

  it('tries again by the schedule, until it is exhausted; then it is a dead letter, and said so', async () => {
    customer.on('/status', { status: 500 });
    const body = await event();
    for (const seconds of RETRY_AFTER_SECONDS) {
      expect(await run(body)).toEqual({ again: true, heldBack: [seconds] });
      bench.clock.pass(seconds * 1000);
    }
    expect((await delivery())?.state).toBe('pending');
    expect(reports()).toEqual([]);
    expect(await run(body)).toEqual({ again: false, heldBack: [] });
    expect(await delivery()).toMatchObject({ state: 'failed' });
    expect((await delivery())?.attempts).toHaveLength(RETRY_AFTER_SECONDS.length + 1);
    expect(reports()).toEqual(['Callback Failed']);
    expect(await bench.messages('dead-letters')).toEqual([JSON.parse(JSON.stringify(body))]);
  });

  it('has growing delays, hours in all', () => {
    expect(RETRY_AFTER_SECONDS).toEqual([...RETRY_AFTER_SECONDS].sort((a, b) => a - b));
    expect(RETRY_AFTER_SECONDS.reduce((sum, each) => sum + each)).toBeGreaterThan(4 * 3600);
    expect(Math.max(...RETRY_AFTER_SECONDS)).toBeLessThanOrEqual(12 * 3600);
  });

  it('goes on where the receiver recovers', async () => {
    let tries = 0;
    customer.on('/status', () => ({ status: ++tries === 2 ? 204 : 503 }));
    const body = await event();
    expect(await run(body)).toEqual({ again: true, heldBack: [RETRY_AFTER_SECONDS[0]] });
    bench.clock.pass(5_000);
    expect(await run(body)).toEqual({ again: false, heldBack: [] });
    expect((await delivery())?.attempts.map(({ status }) => status)).toEqual([503, 204]);
  });

  it('can be tried once more from the dead letters', async () => {
    customer.on('/status', { status: 410 });
    const body = await event();
    await run(body);
    customer.on('/status', { status: 200 });
    expect(await run(body)).toEqual({ again: false, heldBack: [] });
    expect(await delivery()).toMatchObject({
      state: 'delivered',
      attempts: [{ status: 410 }, { status: 200 }],
    });
    expect(reports()).toEqual(['Callback Failed', 'Callback Delivered']);
  });

  it('gives up at once where the receiver is gone for good (410)', async () => {
    customer.on('/status', { status: 410 });
    expect(await run(await event())).toEqual({ again: false, heldBack: [] });
    expect(await delivery()).toMatchObject({ state: 'failed', attempts: [{ status: 410 }] });
    expect(await bench.messages('dead-letters')).toHaveLength(1);
    expect(reports()).toEqual(['Callback Failed']);
  });

  it.each([301, 302, 307, 308])('follows redirects with %i, three at most', async status => {
    const hop = (n: number) => customer.on(`/hop${n}`, { status, headers: { location: `/hop${n + 1}` } });
    for (const n of [1, 2, 3]) hop(n);
    expect(await run(await event({ url: `${customer.url}/hop1` }))).toEqual({ again: false, heldBack: [] });
    expect(customer.requests.map(({ path }) => path)).toEqual(['/hop1', '/hop2', '/hop3', '/hop4']);
    callSid = `${newSid('CA', systemRandom).slice(0, -4)}0000`;
    hop(4);
    expect((await run(await event({ url: `${customer.url}/hop1` }))).again).toBe(true);
    expect((await delivery())?.attempts).toMatchObject([{ error: expect.stringMatching(/^11215/) }]);
  });

  it('keeps the time limit that the URL has for it', async () => {
    customer.on('/status', () => new Promise(() => {}));
    expect((await run(await event({ url: `${customer.url}/status#rt=100&tt=150` }))).again).toBe(true);
    expect((await delivery())?.attempts).toMatchObject([{ error: expect.stringMatching(/^11200/) }]);
  });

  it.each([
    ['a server that is not there', 'http://127.0.0.1:9/', /^11205/],
    ['an address of the inside', 'http://10.0.0.1/', /^11290/],
    ['the metadata service', 'http://169.254.169.254/latest', /^11290/],
    ['the metadata service in IPv6 clothes', 'http://[::ffff:169.254.169.254]/', /^11290/],
  ])('writes down why it does not reach %s', async (_, url, error) => {
    expect((await run(await event({ url }))).again).toBe(true);
    expect((await delivery())?.attempts).toMatchObject([{ error: expect.stringMatching(error) }]);
  });

  it('reaches no private address at all where no network is allowed', async () => {
    const { ALLOWED_NETWORKS: _, ...env } = bench.context.env;
    const strict = createDeliver({ ...bench.context, env });
    const record = await bench.received('callbacks', await event());
    await strict({ Records: [record] });
    expect(customer.requests).toEqual([]);
    expect((await delivery())?.attempts).toMatchObject([{ error: expect.stringMatching(/^11290/) }]);
  });

  it('sends credentials of the URL, and writes them nowhere', async () => {
    const url = customer.url.replace('//', '//user:pass-word@');
    await run(await event({ url: `${url}/status` }));
    expect(customer.requests[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('user:pass-word').toString('base64')}`,
    );
    expect(JSON.stringify([await delivery(), bench.events])).not.toContain('pass-word');
  });

  describe('of an event that comes twice', () => {
    it('asks once, one after the other', async () => {
      const body = await event();
      await run(body);
      expect(await run(body)).toEqual({ again: false, heldBack: [] });
      expect(customer.requests).toHaveLength(1);
      expect((await delivery())?.attempts).toHaveLength(1);
    });

    it('asks once, both at the same time', async () => {
      const body = await event();
      const records = [await bench.received('callbacks', body), await bench.received('callbacks', body)];
      expect(await deliver({ Records: records })).toEqual({ batchItemFailures: [] });
      expect(bench.heldBack()).toEqual([]);
      expect(customer.requests).toHaveLength(1);
    });

    it('keeps to one schedule, and to the message that has it', async () => {
      customer.on('/status', { status: 500 });
      const body = await event();
      const first = await bench.received('callbacks', body);
      for (const [n, seconds] of RETRY_AFTER_SECONDS.entries()) {
        await again(first);
        expect(bench.heldBack()).toEqual([seconds]);
        bench.clock.pass(1_000);
        expect(await run(body)).toEqual({ again: false, heldBack: [] });
        expect(customer.requests).toHaveLength(n + 1);
        bench.clock.pass((seconds - 1) * 1000);
      }
      expect(await delivery()).toMatchObject({ state: 'pending' });
    });
  });

  describe('when it was cut short', () => {
    it('in the midst of an attempt, goes on once nobody can be at it any more', async () => {
      const record = await bench.received('callbacks', await event());
      const message = { callSid, eventId: `${callSid}-0`, messageId: record.messageId };
      await bench.stores.deliveries.claim(message, bench.clock.now(), LEASE_MS);
      bench.clock.pass(1_000);
      expect(await again(record)).toBe(true);
      expect(bench.heldBack()).toEqual([LEASE_MS / 1000 - 1]);
      bench.clock.pass(LEASE_MS - 1_000);
      expect(await again(record)).toBe(false);
      expect(customer.requests).toHaveLength(1);
    });

    it('before its message was held back, waits as long as if it had been', async () => {
      customer.on('/status', { status: 500 });
      const record = await bench.received('callbacks', await event());
      for (const seconds of RETRY_AFTER_SECONDS) {
        await again(record);
        bench.heldBack();
        // The queue's own time passes instead, where that is less.
        const hidden = Math.min(seconds, 60);
        bench.clock.pass(hidden * 1000);
        if (hidden === seconds) continue;
        const attempts = customer.requests.length;
        expect(await again(record)).toBe(true);
        const [held = 0] = bench.heldBack();
        expect(seconds - hidden - held).toBeLessThanOrEqual(2);
        expect(customer.requests).toHaveLength(attempts);
        bench.clock.pass(held * 1000);
      }
      expect(await again(record)).toBe(false);
      expect((await delivery())?.attempts).toHaveLength(RETRY_AFTER_SECONDS.length + 1);
    });
  });

  it('drops what nobody is subscribed to any more', async () => {
    const body = await event();
    const stored = await bench.stores.sessions.get(callSid);
    if (stored === undefined) throw new Error('The call was not stored.');
    const calls = stored.session.calls.map(({ callback: _, ...call }) => call);
    await bench.stores.sessions.save({ ...stored, session: { ...stored.session, calls } }, bench.clock.now());
    expect(await run(body)).toEqual({ again: false, heldBack: [] });
    expect(customer.requests).toEqual([]);
  });

  it('delivers what it can of a batch, and reports the rest', async () => {
    const good = await bench.received('callbacks', await event());
    const bad = await bench.received('callbacks', { detail: 'not what it should be' });
    const { batchItemFailures } = await deliver({ Records: [bad, good] });
    expect(batchItemFailures).toEqual([{ itemIdentifier: bad.messageId }]);
    expect(customer.requests).toHaveLength(1);
  });
});
