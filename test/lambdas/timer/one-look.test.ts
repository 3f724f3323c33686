/** How many wake-ups a call has that the voice service is too busy for: each looks at it, and in the end wakes it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemRandom } from '../../../core/random.ts';
import { createSession } from '../../../core/session.ts';
import { newCallSid } from '../../../core/sid.ts';
import { createOriginate } from '../../../lambdas/originate/originate.ts';
import { createTimer } from '../../../lambdas/timer/timer.ts';
import { targetOperation } from '../../../local/aws/service.ts';
import { ServiceBench, transaction } from '../../support/service-bench.ts';

const ACCOUNT = `AC${'a'.repeat(32)}`;
/** As the queue of calls brings them again. */
const RETRY_SECONDS = [10, 20, 40, ...Array.from({ length: 12 }, () => 60)];

let bench: ServiceBench;
/** When the messages come that are in the queue of wake-ups. */
let dueMs: number[];

beforeEach(async () => {
  bench = await ServiceBench.start();
  dueMs = [];
});
afterEach(() => bench.close());

async function queued(ringTimeoutSeconds: number): Promise<string> {
  const { session } = createSession({
    sid: newCallSid(systemRandom),
    accountSid: ACCOUNT,
    dialect: 'signalwire',
    direction: 'outbound-api',
    to: '+12025550100',
    from: '+12025550110',
    entry: { verbs: [] },
    ringTimeoutSeconds,
    nowMs: bench.clock.now(),
  });
  await bench.stores.sessions.create({ session }, bench.clock.now());
  return session.sid;
}

const inSeconds = (seconds: number) => bench.clock.now() + seconds * 1000;

async function tryToPlace(callSid: string, receives: number): Promise<void> {
  // What it sends is kept here, on the clock of the test.
  const env = { ...bench.context.env, TIMER_QUEUE_URL: await bench.queue('kept') };
  bench.requests.splice(0);
  const record = await bench.received('outbound', { accountSid: ACCOUNT, callSid }, receives);
  await createOriginate({ ...bench.context, env })({ Records: [record] });
  for (const request of bench.requests) {
    if (targetOperation(request) !== 'SendMessage') continue;
    dueMs.push(inSeconds(JSON.parse(request.body.toString()).DelaySeconds));
  }
}

/** Lets time go on. @returns what the voice service was told by the wake-ups that came meanwhile */
async function pass(callSid: string, seconds: number): Promise<object[]> {
  const untilMs = inSeconds(seconds);
  const told: object[] = [];
  for (let next = Math.min(...dueMs); next <= untilMs; next = Math.min(...dueMs)) {
    bench.clock.pass(Math.max(0, next - bench.clock.now()));
    dueMs.splice(dueMs.indexOf(next), 1);
    bench.requests.splice(0);
    await createTimer(bench.context)({ Records: [await bench.received('timers', { callSid })] });
    const asked = bench.requests.filter(({ service }) => service === 'chime');
    told.push(...asked.map(({ body }) => JSON.parse(body.toString()).Arguments));
    dueMs.push(...bench.heldBack().map(inSeconds));
  }
  bench.clock.pass(Math.max(0, untilMs - bench.clock.now()));
  return told;
}

it.each([5, 60, 600])('It is one, where the call may ring for %i s', async ringTimeoutSeconds => {
  const callSid = await queued(ringTimeoutSeconds);
  bench.voice = () => ({ status: 400, error: 'ResourceLimitExceededException' });
  for (const [n, seconds] of RETRY_SECONDS.entries()) {
    await tryToPlace(callSid, n + 1);
    await pass(callSid, seconds);
    // That of the latest try, and that of the one before until it comes.
    expect(dueMs.length).toBeLessThanOrEqual(2);
  }
  bench.voice = () => ({ status: 201, body: transaction('T1') });
  await tryToPlace(callSid, RETRY_SECONDS.length + 1);
  expect(dueMs.length).toBeGreaterThan(0);

  const stored = (await bench.stores.sessions.get(callSid)) ?? expect.unreachable();
  const ring = inSeconds(ringTimeoutSeconds);
  const begun = { ...stored.session, transactionId: 'T1', alarms: { ring } };
  await bench.stores.sessions.save({ ...stored, session: begun }, bench.clock.now());
  expect(await pass(callSid, ringTimeoutSeconds + 10)).toEqual([{ wake: String(ring) }]);
  expect(dueMs).toHaveLength(1);
});
