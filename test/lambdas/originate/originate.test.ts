import type { SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../../../core/random.ts';
import { createSession } from '../../../core/session.ts';
import { newCallSid } from '../../../core/sid.ts';
import type { SipTarget } from '../../../core/sip-target.ts';
import {
  BUSY_RETRY_MS,
  CLAIM_LEASE_MS,
  createOriginate,
  MAX_RECEIVES_BEFORE_STORED,
} from '../../../lambdas/originate/originate.ts';
import { ServiceBench, transaction, type VoiceAnswer } from '../../support/service-bench.ts';

const RATES = { 1: `AC${'1'.repeat(32)}`, 5: `AC${'5'.repeat(32)}` } as const;
const TARGET: SipTarget = {
  kind: 'sip',
  uri: 'sip:bob@example.com',
  transport: 'udp',
  headers: [],
  codecs: ['PCMU'],
};
const THROTTLED: VoiceAnswer = { status: 429, error: 'ThrottledClientException' };

describe('originate', () => {
  let bench: ServiceBench;
  let originate: ReturnType<typeof createOriginate>;

  beforeAll(async () => {
    bench = await ServiceBench.start();
    for (const [callsPerSecond, accountSid] of Object.entries(RATES)) {
      await bench.stores.accounts.put({
        accountSid,
        authToken: 'token',
        friendlyName: 'Account',
        callsPerSecond: Number(callsPerSecond),
      });
    }
    originate = createOriginate(bench.context);
  });
  beforeEach(() => {
    bench.voice = () => ({ status: 201, body: transaction('T1') });
  });
  afterEach(async () => {
    bench.events.splice(0);
    bench.requests.splice(0);
    bench.clock.slept.splice(0);
    await bench.messages('timers');
  });
  afterAll(() => bench.close());

  /** A call as the API stores it. */
  async function queued(accountSid: string = RATES[1], sip?: SipTarget): Promise<string> {
    const sid = newCallSid(systemRandom);
    const { session, events } = createSession({
      sid,
      accountSid,
      dialect: 'signalwire',
      direction: 'outbound-api',
      to: '+12025550100',
      from: '+12025550110',
      entry: { verbs: [] },
      nowMs: bench.clock.now(),
      ...(sip && { sip }),
    });
    await bench.stores.sessions.create({ session, outbox: events }, bench.clock.now());
    return sid;
  }
  const record = (callSid: string, receives = 1, accountSid: string = RATES[1]): Promise<SQSRecord> =>
    bench.received('outbound', { accountSid, callSid }, receives);
  const run = async (...Records: SQSRecord[]) => {
    const { batchItemFailures } = await originate({ Records });
    return Records.map(({ messageId }) =>
      batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === messageId) ? 'again' : 'done',
    );
  };
  const session = async (callSid: string) => (await bench.stores.sessions.get(callSid))?.session;
  /** The calls that the voice service was asked for, in order. */
  const placed = () =>
    bench.requests
      .filter(({ service }) => service === 'chime')
      .map(({ body }) => JSON.parse(body.toString()).ArgumentsMap.callSid);

  it('places a call under its SID, once', async () => {
    const callSid = await queued();
    expect(await run(await record(callSid))).toEqual(['done']);
    expect(placed()).toEqual([callSid]);
    const request = bench.requests.find(({ service }) => service === 'chime');
    expect(JSON.parse(request?.body.toString() ?? '')).toMatchObject({
      ToPhoneNumber: '+12025550100',
      FromPhoneNumber: '+12025550110',
    });
    expect(await session(callSid)).toMatchObject({ claimedAtMs: bench.clock.now() - 1000 });
  });

  it.each([
    ['a SIP address', {}, 'edge-commands'],
    ['a client', { client: 'bob' }, 'edge-1-commands'],
  ])('hands a call to %s to an edge that can place it', async (_, more, queue) => {
    const env = {
      ...bench.context.env,
      EDGE_VOICE_CONNECTOR_ARN: 'arn',
      EDGE_COMMAND_QUEUE_URL: await bench.queue('edge-commands'),
      EDGE_OWN_QUEUE_URLS: JSON.stringify({ 'edge-1': await bench.queue('edge-1-commands') }),
    };
    const callSid = await queued(RATES[1], { ...TARGET, ...more });
    await createOriginate({ ...bench.context, env })({ Records: [await record(callSid)] });

    const token = (await session(callSid))?.dialToken;
    expect(token).toMatch(/^\w{24}$/);
    expect(await bench.messages(queue)).toEqual([{ kind: 'originate', token }]);
  });

  it.each([
    [1, 1000],
    [5, 200],
  ] as const)('keeps to %i calls a second, in their order', async (rate, gapMs) => {
    const accountSid = RATES[rate];
    const callSids = [await queued(accountSid), await queued(accountSid), await queued(accountSid)];
    const times: number[] = [];
    bench.voice = () => {
      times.push(bench.clock.now());
      return { status: 201, body: transaction('T1') };
    };
    const records = await Promise.all(callSids.map(sid => record(sid, 1, accountSid)));
    expect(await run(...records)).toEqual(['done', 'done', 'done']);
    expect(placed()).toEqual(callSids);
    expect(times.map(ms => ms - (times[0] as number))).toEqual([0, gapMs, 2 * gapMs]);
  });

  it('has somebody look after the call before it is placed', async () => {
    const callSid = await queued();
    bench.voice = () => ({ status: 502 });
    await run(await record(callSid));
    expect(await bench.messages('timers')).toEqual([]);
    // It is delayed by the time that the call may ring.
    const sent = bench.requests.find(({ headers }) => /SendMessage/.test(String(headers['x-amz-target'])));
    expect(JSON.parse(sent?.body.toString() ?? '')).toMatchObject({
      MessageBody: JSON.stringify({ callSid }),
      DelaySeconds: 60,
    });
  });

  it('tries again with growing waits when the service is throttled, and takes its time', async () => {
    const answers = [THROTTLED, THROTTLED];
    bench.voice = () => answers.shift() ?? { status: 201, body: transaction('T1') };
    const callSid = await queued();
    expect(await run(await record(callSid))).toEqual(['done']);
    expect(placed()).toHaveLength(3);
    expect(bench.clock.slept).toEqual([...BUSY_RETRY_MS.slice(0, 2), 1000]);
  });

  it.each([
    ['throttled', THROTTLED],
    ['over its limit', { status: 429, error: 'ResourceLimitExceededException' }],
    ['unavailable', { status: 503, error: 'ServiceUnavailableException' }],
  ] as [string, VoiceAnswer][])(
    'puts a call back that the service will not take now: %s',
    async (_, answer) => {
      bench.voice = () => answer;
      const [first, second] = [await queued(), await queued()];
      expect(await run(await record(first), await record(second))).toEqual(['again', 'again']);
      expect(new Set(placed())).toEqual(new Set([first]));
      expect(bench.heldBack()).toEqual([10, 10]);
      expect(await session(first)).not.toHaveProperty('claimedAtMs');
      bench.voice = () => ({ status: 201, body: transaction('T1') });
      expect(await run(await record(first, 2), await record(second, 2))).toEqual(['done', 'done']);
      expect(placed()).toEqual([first, second]);
    },
  );

  it.each([
    ['the service failed', { status: 500, error: 'ServiceFailureException' }],
    ['something in between failed', { status: 502 }],
  ] as [string, VoiceAnswer][])('does not place a call twice when %s', async (_, answer) => {
    bench.voice = () => answer;
    const callSid = await queued();
    expect(await run(await record(callSid))).toEqual(['again']);
    expect(placed()).toHaveLength(1);
    expect(bench.heldBack()).toEqual([CLAIM_LEASE_MS / 1000]);
    expect(await run(await record(callSid, 2))).toEqual(['again']);
    expect(placed()).toEqual([]);
    // It did begin: whoever handles its first event says so.
    const stored = await bench.stores.sessions.get(callSid);
    if (stored === undefined) throw new Error('The call was not stored.');
    await bench.stores.sessions.save(
      { ...stored, session: { ...stored.session, transactionId: 'T1' } },
      bench.clock.now(),
    );
    bench.clock.pass(CLAIM_LEASE_MS);
    bench.requests.splice(0);
    expect(await run(await record(callSid, 3))).toEqual(['done']);
    expect(placed()).toEqual([]);
  });

  it('places a call again that did not begin within its lease', async () => {
    bench.voice = () => ({ status: 502 });
    const callSid = await queued();
    await run(await record(callSid));
    bench.clock.pass(CLAIM_LEASE_MS);
    bench.requests.splice(0);
    bench.voice = () => ({ status: 201, body: transaction('T1') });
    expect(await run(await record(callSid, 2))).toEqual(['done']);
    expect(placed()).toEqual([callSid]);
  });

  it('ends a call that the service refuses, says why, and goes on with the next', async () => {
    const [first, second] = [await queued(), await queued()];
    bench.voice = request =>
      request.body.includes(first)
        ? { status: 400, error: 'BadRequestException', body: { message: 'No such country.' } }
        : { status: 201, body: transaction('T1') };
    expect(await run(await record(first), await record(second))).toEqual(['done', 'done']);
    expect(await session(first)).toMatchObject({
      calls: [{ status: 'failed' }],
      notifications: [{ message: expect.stringContaining('No such country.') }],
    });
    const told = bench.events.filter(({ detail }) => (detail['call'] as { sid: string }).sid === first);
    expect(told.at(-1)).toMatchObject({
      'detail-type': 'Call Completed',
      detail: { call: { status: 'failed' } },
    });
    expect(placed()).toEqual([first, second]);
  });

  it('waits for a call whose message is here before it, and drops a message that never gets one', async () => {
    const callSid = newCallSid(systemRandom);
    for (let receives = 1; receives < MAX_RECEIVES_BEFORE_STORED; receives++) {
      expect(await run(await record(callSid, receives))).toEqual(['again']);
    }
    expect(await run(await record(callSid, MAX_RECEIVES_BEFORE_STORED))).toEqual(['done']);
    expect(placed()).toEqual([]);
  });

  it('does not place a call that was canceled while it waited', async () => {
    const callSid = await queued();
    const stored = await bench.stores.sessions.get(callSid);
    if (stored === undefined) throw new Error('The call was not stored.');
    const calls = stored.session.calls.map(call => ({ ...call, status: 'canceled' as const, endedAtMs: 1 }));
    await bench.stores.sessions.save({ ...stored, session: { ...stored.session, calls } }, bench.clock.now());
    expect(await run(await record(callSid))).toEqual(['done']);
    expect(placed()).toEqual([]);
  });

  it('ends a call that was canceled while the service was being asked in vain', async () => {
    const callSid = await queued();
    const cancel = async () => {
      const stored = await bench.stores.sessions.get(callSid);
      if (stored === undefined) throw new Error('The call was not stored.');
      await bench.stores.sessions.save(
        { ...stored, session: { ...stored.session, ending: 'canceled' } },
        bench.clock.now(),
      );
    };
    let canceled: Promise<void> | undefined;
    bench.voice = () => {
      canceled ??= cancel();
      return THROTTLED;
    };
    await run(await record(callSid));
    await canceled;
    expect((await session(callSid))?.calls).toMatchObject([{ status: 'canceled' }]);
    expect(bench.events.at(-1)).toMatchObject({ 'detail-type': 'Call Completed' });
    expect(await run(await record(callSid, 2))).toEqual(['done']);
  });

  it('tells of the queueing what its API request may not have told', async () => {
    const callSid = await queued();
    await run(await record(callSid));
    expect(bench.events.map(({ 'detail-type': type }) => type)).toEqual(['Call Queued']);
    expect(await bench.stores.sessions.get(callSid)).not.toHaveProperty('outbox');
  });
});
