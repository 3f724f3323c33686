/** The edge under measurement, in a process of its own. It says where it listens, and what it holds when it is asked. */
import { createDialPlans, type DialPlans } from '../../aws/dial-plans.ts';
import { createTable } from '../../aws/table.ts';
import { dynamoJournal } from '../../edge/dynamo-journal.ts';
import { createEdge } from '../../edge/edge.ts';
import { memoryJournal } from '../../edge/journal.ts';
import { systemClock } from '../../sip/clock.ts';
import { udp } from '../../sip/user-agent.ts';
import { heldBytes } from '../sip/heap.ts';
import { benchPlan } from './plan.ts';

const { env } = process;
const targetPort = Number(env['TARGET_PORT']);
/** How much faster than the wall its clock runs: what is kept for 32 s is gone sooner. */
const factor = Number(env['CLOCK_FACTOR'] ?? 1);
const clock = {
  now: () => systemClock.now() * factor,
  setTimeout: (run: () => void, ms: number) => systemClock.setTimeout(run, ms / factor),
  clearTimeout: (timer: object | undefined) => systemClock.clearTimeout(timer),
};

/** Every token has a plan. */
const memoryPlans: Pick<DialPlans, 'put' | 'get' | 'openOf' | 'claim' | 'report' | 'refer'> = {
  get: async () => undefined,
  openOf: async () => undefined,
  claim: async (token, claimedBy, nowMs) => ({
    plan: benchPlan(token, targetPort, nowMs),
    claimedBy,
    version: 0,
    closed: false,
  }),
  put: async () => {},
  report: async (_token, version) => ({ version: version + 1 }),
  refer: async () => false,
};

const table = env['TABLE_NAME'] === undefined ? undefined : createTable(env);
const address = '127.0.0.1';
const inside = udp({ address });
const edge = createEdge({
  name: 'bench',
  plans: table ? createDialPlans(table) : memoryPlans,
  journal: table ? dynamoJournal(table, 'bench', Date.now) : memoryJournal(),
  bus: { publish: async () => {} },
  unseal: async () => '',
  inside: [inside],
  outside: [udp({ address })],
  insideNetworks: ['127.0.0.0/8'],
  targets: { refusal: () => undefined },
  clock,
});
await edge.start();
process.on('message', () => {
  const sizes = [edge.inside, edge.outside].map(({ transactions }) => transactions.size);
  const open = sizes.reduce((sum, { clients, servers }) => sum + clients + servers, 0);
  process.send?.({ heldBytes: open > 0 ? undefined : heldBytes(), calls: edge.calls });
});
// Told so rather than killed, so that a profile of it is written.
process.on('SIGTERM', () => process.exit());
process.on('disconnect', () => process.exit());
process.send?.({ port: inside.local.port });
