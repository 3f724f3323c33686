/** An edge as a process of its own, with its plans and its journal in DynamoDB: to be killed. */
import { createDialPlans } from '../../../../aws/dial-plans.ts';
import { createTable } from '../../../../aws/table.ts';
import { dynamoJournal } from '../../../../edge/dynamo-journal.ts';
import { createEdge } from '../../../../edge/edge.ts';
import { udp } from '../../../../sip/user-agent.ts';

const address = '127.0.0.1';
const say = (word: string, value: unknown) => console.log(`${word} ${JSON.stringify(value)}`);
const { env } = process;

const table = createTable(env);
const edge = createEdge({
  name: 'edge-1',
  plans: createDialPlans(table),
  journal: dynamoJournal(table, 'edge-1', Date.now),
  bus: {
    async publish(events) {
      for (const event of events) say('event', event);
    },
  },
  unseal: async ({ ciphertext }) => Buffer.from(ciphertext, 'base64').toString(),
  inside: [udp({ address, port: Number(env['INSIDE_PORT']) })],
  outside: [udp({ address, port: Number(env['OUTSIDE_PORT']) })],
  insideNetworks: ['127.0.0.0/8'],
  targets: { refusal: () => undefined },
  log(level, message, fields) {
    if (level === 'error') say('error', { message, ...fields });
  },
});
await edge.start();
say('ready', {});
