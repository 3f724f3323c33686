/** An edge in a process of its own, for tests that kill it. It says `ready` when it listens. */
import { createBus } from '../../../aws/bus.ts';
import { createDialPlans } from '../../../aws/dial-plans.ts';
import { createTable } from '../../../aws/table.ts';
import { createTokens } from '../../../aws/tokens.ts';
import { systemClock } from '../../../core/clock.ts';
import { dynamoJournal } from '../../../edge/dynamo-journal.ts';
import { createEdge } from '../../../edge/edge.ts';
import { udp } from '../../../sip/user-agent.ts';

const { env } = process;
const table = createTable(env);
const tokens = createTokens(env, systemClock);
const edge = createEdge({
  name: 'edge-under-test',
  plans: createDialPlans(table),
  bus: createBus(env),
  journal: dynamoJournal(table, 'edge-under-test', systemClock.now),
  unseal: (sealed, accountSid) => tokens.decrypt(accountSid, Buffer.from(sealed.ciphertext, 'base64')),
  inside: [udp({ address: '127.0.0.1', port: Number(env['SIP_PORT']) })],
  insideNetworks: ['127.0.0.0/8'],
  targets: { refusal: () => undefined },
});
await edge.start();
process.once('SIGTERM', () => {
  void edge.stop({ drainMs: 0, afterwards: env['AFTERWARDS'] === 'hand-over' ? 'hand-over' : 'hang-up' });
});
console.log('ready');
