import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createDialPlans } from '../../aws/dial-plans.ts';
import { createTable } from '../../aws/table.ts';
import { type Figure, median, type Suite } from '../suite.ts';
import { withEdge } from './edge-under-test.ts';
import { ALLOCATOR, withKamailio } from './kamailio.ts';
import { benchPlan } from './plan.ts';
import { probe } from './probe.ts';
import { call, cpuMs, programPath, wait, withCallee } from './programs.ts';

/** What the edge is to carry on one core, and what a call may cost beside Kamailio. */
const CALLS_PER_SECOND = 2_500;
const TIMES_KAMAILIO = 4;
/** Tried from above: the first at which no call fails is what it carries. */
const RATES: readonly number[] = [CALLS_PER_SECOND, 1_500, 1_000, 500];
const SECONDS_A_RATE = 2;
/** SIPp itself needs half of it to begin and to end; whatever takes longer was not carried but put off. */
const LATE_SECONDS = 0.6;
/** Latency and cost are taken where neither side is near its end. */
const EASY = { callsPerSecond: 500, calls: 1_500, holdMs: 1_000 } as const;
const PROBE_EVERY_MS = 10;
const WARM = { callsPerSecond: 700, calls: 2_100, holdMs: 100 } as const;
const FROM_TABLE = { callsPerSecond: 50, calls: 100, holdMs: 1_000 } as const;
/** Rounds of the soak, on a clock by which everything is over at once. */
const ROUNDS = 4;
const SOAK = { callsPerSecond: 500, calls: 500, holdMs: 20 } as const;
const HELD = { callsPerSecond: 500, calls: 500, holdMs: 3_000 } as const;
const CLOCK_FACTOR = '30';
/** What the heap may gain a call between the second round and the last. */
const GROWTH_BYTES_A_CALL = 100;

const MISSING: Readonly<Record<string, string>> = { sipp: 'sip-tester', kamailio: 'kamailio' };

/** SIPp calls SIPp through the edge, and through Kamailio as a stateful proxy that stays in the call. */
export const edge: Suite = async () => {
  const missing = Object.keys(MISSING).filter(name => programPath(name) === undefined);
  if (missing.length > 0) {
    const packages = missing.map(name => MISSING[name]).join(' ');
    console.log(
      `The suite edge is left out: it needs ${missing.join(' and ')}. On Debian: apt-get install ${packages}`,
    );
    return [];
  }
  return withCallee(async target => [
    ...(await besideKamailio(target)),
    ...(await capacity(target)),
    ...(await fromTable(target)),
    ...(await soak(target)),
  ]);
};

const uriThrough = (port: number) => `sip:bench[call_number]@127.0.0.1:${port}`;

interface Measured {
  readonly failed: number;
  readonly cpuMicroseconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Makes the calls, and says what processor time each took of the process, and how soon a call among them rings. */
async function measured(pid: number, load: Parameters<typeof call>[0]): Promise<Measured> {
  const { port, uri, calls, callsPerSecond } = load;
  const probes = Math.floor(((calls / callsPerSecond) * 1_000) / PROBE_EVERY_MS);
  const before = cpuMs(pid);
  const [failed, times] = await Promise.all([call(load), probe(port, uri, probes, PROBE_EVERY_MS)]);
  return {
    failed: failed + probes - times.length,
    cpuMicroseconds: ((cpuMs(pid) - before) * 1_000) / (calls + probes),
    p50Ms: median(times),
    p99Ms: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
  };
}

/** The same where nothing is measured but how soon the callee itself rings. */
async function ringing(port: number, uri: string): Promise<{ p50Ms: number; p99Ms: number }> {
  const times = await probe(port, uri, 200, PROBE_EVERY_MS);
  return { p50Ms: median(times), p99Ms: times[Math.floor(times.length * 0.99)] ?? Number.NaN };
}

async function besideKamailio(target: number): Promise<Figure[]> {
  const direct = `sip:bench@127.0.0.1:${target}`;
  const none = await ringing(target, direct);
  const theirs = await withKamailio((port, pid) => measured(pid, { port, uri: direct, ...EASY }));
  const ours = await withEdge({ TARGET_PORT: String(target) }, async ({ port, pid }) => {
    // Code that has not run before is slow, and an edge runs for weeks.
    await call({ port, uri: uriThrough(port), ...WARM });
    return measured(pid, { port, uri: uriThrough(port), ...EASY });
  });
  const kamailio = `Kamailio, allocator ${ALLOCATOR}`;
  const untilRinging = (what: string, key: 'p50Ms' | 'p99Ms'): Figure => ({
    what,
    value: ours[key],
    unit: 'ms',
    beside: { what: kamailio, value: theirs[key] },
  });
  return [
    {
      what: `calls that failed of ${EASY.calls}, ${EASY.callsPerSecond} a second`,
      value: ours.failed,
      unit: 'calls',
      target: { atMost: 0 },
    },
    {
      what: 'processor time a call (INVITE, 180, 200, ACK, BYE)',
      value: ours.cpuMicroseconds,
      unit: 'µs',
      target: { timesAtMost: TIMES_KAMAILIO },
      beside: { what: kamailio, value: theirs.cpuMicroseconds },
    },
    { what: 'INVITE to 180 with nobody between, median', value: none.p50Ms, unit: 'ms' },
    untilRinging('INVITE to 180, median', 'p50Ms'),
    untilRinging('INVITE to 180, 99 of 100', 'p99Ms'),
  ];
}

async function capacity(target: number): Promise<Figure[]> {
  const carried = async (port: number, uri: string) => {
    for (const callsPerSecond of RATES) {
      const calls = callsPerSecond * SECONDS_A_RATE;
      const start = performance.now();
      const failed = await call({ port, uri, callsPerSecond, calls, holdMs: 1_000 });
      const seconds = (performance.now() - start) / 1_000;
      if (failed === 0 && seconds < SECONDS_A_RATE + 1 + LATE_SECONDS) return callsPerSecond;
    }
    return 0;
  };
  const ours = await withEdge({ TARGET_PORT: String(target) }, async ({ port }) => {
    await call({ port, uri: uriThrough(port), ...WARM });
    return carried(port, uriThrough(port));
  });
  return [
    {
      what: `calls a second with none failed or put off, of the rates ${RATES.join(', ')}`,
      value: ours,
      unit: '/s',
      target: { atLeast: CALLS_PER_SECOND },
    },
  ];
}

/** The same with plans, reports and journal in a DynamoDB of this machine. */
async function fromTable(target: number): Promise<Figure[]> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const env = {
    TABLE_NAME: 'bench',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  try {
    const client = new DynamoDBClient({
      region: env.AWS_REGION,
      endpoint: env.AWS_ENDPOINT_URL_DYNAMODB,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const keys = ['pk', 'sk'] as const;
    await client.send(
      new CreateTableCommand({
        TableName: env.TABLE_NAME,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: keys.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
      }),
    );
    client.destroy();
    const plans = createDialPlans(createTable(env));
    const warm = 20;
    for (let n = 1; n <= FROM_TABLE.calls; n++)
      await plans.put(benchPlan(`bench${n}`, target, Date.now()), Date.now());
    for (let n = 1; n <= warm; n++) await plans.put(benchPlan(`warm${n}`, target, Date.now()), Date.now());
    const ours = await withEdge({ ...env, TARGET_PORT: String(target) }, async ({ port, pid }) => {
      const uri = uriThrough(port);
      await call({
        port,
        uri: uri.replace('bench[', 'warm['),
        callsPerSecond: warm,
        calls: warm,
        holdMs: 100,
      });
      const before = cpuMs(pid);
      const failed = await call({ port, uri, ...FROM_TABLE });
      return { failed, cpuMicroseconds: ((cpuMs(pid) - before) * 1_000) / FROM_TABLE.calls };
    });
    const suffix = 'with plan, report and journal in DynamoDB';
    return [
      {
        what: `calls that failed of ${FROM_TABLE.calls}, ${FROM_TABLE.callsPerSecond} a second, ${suffix}`,
        value: ours.failed,
        unit: 'calls',
        target: { atMost: 0 },
      },
      { what: `processor time a call, ${suffix}`, value: ours.cpuMicroseconds, unit: 'µs' },
    ];
  } finally {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }
}

/** Calls in rounds: after each, everything is gone, and the heap is where it was. Then calls that stay. */
async function soak(target: number): Promise<Figure[]> {
  return withEdge({ TARGET_PORT: String(target), CLOCK_FACTOR }, async edge => {
    const { port } = edge;
    const uri = uriThrough(port);
    const heap: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await call({ port, uri, ...SOAK });
      heap.push(await edge.heldBytes());
    }
    const empty = heap.at(-1) ?? 0;
    const growth = (empty - (heap[1] ?? 0)) / ((ROUNDS - 2) * SOAK.calls);
    const calling = call({ port, uri, ...HELD });
    // All of them stand by then, and their INVITEs are over.
    await wait(2_800);
    const held = ((await edge.heldBytes()) - empty) / HELD.calls;
    await calling;
    return [
      { what: 'heap of a call that stands, both legs', value: held / 1_024, unit: 'kB' },
      {
        what: `growth of the heap over ${(ROUNDS - 2) * SOAK.calls} calls`,
        value: growth,
        unit: 'bytes a call',
        target: { atMost: GROWTH_BYTES_A_CALL },
      },
    ];
  });
}
