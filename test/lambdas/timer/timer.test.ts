import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NEVER_BEGUN_AFTER_MS } from '../../../core/limits.ts';
import { systemRandom } from '../../../core/random.ts';
import { createSession, type Session } from '../../../core/session.ts';
import { newCallSid } from '../../../core/sid.ts';
import { createTimer } from '../../../lambdas/timer/timer.ts';
import { ServiceBench, transaction } from '../../support/service-bench.ts';

describe('timer', () => {
  let bench: ServiceBench;
  let timer: ReturnType<typeof createTimer>;

  beforeAll(async () => {
    bench = await ServiceBench.start();
    timer = createTimer(bench.context);
  });
  beforeEach(() => {
    bench.voice = () => ({ status: 202, body: transaction('T1') });
  });
  afterEach(() => {
    bench.events.splice(0);
    bench.requests.splice(0);
  });
  afterAll(() => bench.close());

  async function call(more: Partial<Session>, handled?: { events: never[] }): Promise<string> {
    const { session } = createSession({
      sid: newCallSid(systemRandom),
      accountSid: `AC${'a'.repeat(32)}`,
      dialect: 'signalwire',
      direction: 'outbound-api',
      to: '+12025550100',
      from: '+12025550110',
      entry: { verbs: [] },
      nowMs: bench.clock.now(),
    });
    await bench.stores.sessions.create(
      {
        session: { ...session, ...more },
        ...(handled && {
          handled: { sequence: 1, response: { SchemaVersion: '1.0', Actions: [] }, notices: [], ...handled },
        }),
      },
      bench.clock.now(),
    );
    return session.sid;
  }
  const inMs = (ms: number) => bench.clock.now() + ms;
  const look = async (callSid: string) => {
    bench.requests.splice(0);
    const record = await bench.received('timers', { callSid });
    const { batchItemFailures } = await timer({ Records: [record] });
    const asked = bench.requests
      .filter(({ service }) => service === 'chime')
      .map(({ body }) => JSON.parse(body.toString()).Arguments);
    return { again: batchItemFailures.length > 0, asked, heldBack: bench.heldBack() };
  };
  const status = async (callSid: string) =>
    (await bench.stores.sessions.get(callSid))?.session.calls[0]?.status;

  it('sleeps on until the call wants to be woken', async () => {
    const callSid = await call({
      transactionId: 'T1',
      alarms: { ring: inMs(25_000), callLimit: inMs(90_000) },
    });
    expect(await look(callSid)).toEqual({ again: true, asked: [], heldBack: [25] });
  });

  it('wakes the call when it is time, and looks again', async () => {
    const dueMs = inMs(0);
    const callSid = await call({ transactionId: 'T1', alarms: { ring: dueMs } });
    expect(await look(callSid)).toEqual({ again: true, asked: [{ wake: String(dueMs) }], heldBack: [30] });
  });

  it.each([
    ['throttled', { status: 429, error: 'ThrottledClientException' }],
    ['unwell', { status: 500, error: 'ServiceFailureException' }],
  ])('comes again soon when the voice service is %s', async (_, answer) => {
    bench.voice = () => answer;
    const callSid = await call({ transactionId: 'T1', alarms: { ring: inMs(0) } });
    expect(await look(callSid)).toMatchObject({ again: true, heldBack: [2] });
  });

  it('ends a call that the voice service no longer knows, and tells of it', async () => {
    bench.voice = () => ({ status: 404, error: 'NotFoundException' });
    const callSid = await call({ transactionId: 'T1', alarms: { callLimit: inMs(0) } });
    expect(await look(callSid)).toMatchObject({ again: false, heldBack: [] });
    expect(await status(callSid)).toBe('failed');
    expect(bench.events).toMatchObject([{ 'detail-type': 'Call Completed' }]);
  });

  it('waits for a call that is to begin, and ends one that never does', async () => {
    const callSid = await call({ claimedAtMs: inMs(0) });
    expect(await look(callSid)).toEqual({ again: true, asked: [], heldBack: [30] });
    bench.clock.pass(NEVER_BEGUN_AFTER_MS);
    expect(await look(callSid)).toMatchObject({ again: false });
    expect(await status(callSid)).toBe('failed');
  });

  it('does not end a call that still waits in its queue, and leaves it to whoever tries to place it next', async () => {
    const callSid = await call({ wakeAtMs: inMs(1_000) });
    expect(await look(callSid)).toEqual({ again: true, asked: [], heldBack: [1] });
    bench.clock.pass(24 * 60 * 60 * 1000);
    expect(await look(callSid)).toEqual({ again: false, asked: [], heldBack: [] });
    expect(await status(callSid)).toBe('queued');
  });

  it('leaves a call that is being placed to a later wake-up that is under way', async () => {
    const callSid = await call({ claimedAtMs: inMs(0), wakeAtMs: inMs(60_000) });
    expect(await look(callSid)).toEqual({ again: false, asked: [], heldBack: [] });
    bench.clock.pass(60_000);
    expect(await look(callSid)).toEqual({ again: true, asked: [], heldBack: [30] });
  });

  it('goes when the call is over, having told what may not have been told', async () => {
    const over = {
      calls: [
        { ...(await bench.stores.sessions.get(await call({})))?.session.calls[0], status: 'completed' },
      ],
    } as unknown as Partial<Session>;
    const end = { type: 'Call Completed', detail: { metadata: { id: 'x' } } } as never;
    const callSid = await call(over, { events: [end] });
    expect(await look(callSid)).toEqual({ again: false, asked: [], heldBack: [] });
    expect(bench.events.splice(0)).toMatchObject([{ 'detail-type': 'Call Completed' }]);
    await bench.stores.toldEnds.note(callSid, bench.clock.now());
    await look(callSid);
    expect(bench.events).toEqual([]);
  });

  it('looks after the others of its batch where one cannot be', async () => {
    bench.voice = ({ body }) =>
      JSON.parse(body.toString()).Arguments.wake === String(inMs(0))
        ? { status: 403, error: 'ForbiddenException' }
        : { status: 404, error: 'NotFoundException' };
    const refused = await call({ transactionId: 'T1', alarms: { callLimit: inMs(0) } });
    const sleeping = await call({ transactionId: 'T2', alarms: { callLimit: inMs(25_000) } });
    const lost = await call({ transactionId: 'T3', alarms: { callLimit: inMs(-1) } });
    const records = [];
    for (const callSid of [refused, sleeping, lost])
      records.push(await bench.received('timers', { callSid }));

    const { batchItemFailures } = await timer({ Records: records });

    expect(batchItemFailures).toEqual(
      records.slice(0, 2).map(({ messageId }) => ({ itemIdentifier: messageId })),
    );
    expect(bench.heldBack()).toEqual([25]);
    expect([await status(refused), await status(sleeping), await status(lost)]).toEqual([
      'queued',
      'queued',
      'failed',
    ]);
  });

  it('goes when there is no such call', async () => {
    expect(await look(newCallSid(systemRandom))).toEqual({ again: false, asked: [], heldBack: [] });
  });
});
