import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createDialPlans } from '../../aws/dial-plans.ts';
import { createTable } from '../../aws/table.ts';
import type { Figure } from '../suite.ts';
import { uriThrough } from './beside-peers.ts';
import { withEdge } from './edge-under-test.ts';
import { benchPlan } from './plan.ts';
import { call, cpuMicroseconds } from './programs.ts';

const LOAD = { callsPerSecond: 50, calls: 100, holdMs: 1_000 } as const;
const WARM = { callsPerSecond: 20, calls: 20, holdMs: 100 } as const;

const KEY = ['pk', 'sk'] as const;
const TABLE = {
  TableName: 'bench',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: KEY.map(AttributeName => ({ AttributeName, AttributeType: 'S' as const })),
  KeySchema: KEY.map(
    (AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' }) as const,
  ),
} as const;

/** The edge with plans, reports and journal in a DynamoDB of this machine, and the same calls with them in memory. */
export async function fromTable(target: number): Promise<Figure[]> {
  const stored = await withTable(async env => {
    const plans = createDialPlans(createTable(env));
    for (const [prefix, count] of [
      ['bench', LOAD.calls],
      ['warm', WARM.calls],
    ] as const)
      for (let n = 1; n <= count; n++)
        await plans.put(benchPlan(`${prefix}${n}`, target, Date.now()), Date.now());
    return cost(env, target);
  });
  const inMemory = await cost({}, target);
  const what = 'plan, report and journal in DynamoDB';
  return [
    {
      what: `calls that failed of ${LOAD.calls}, ${LOAD.callsPerSecond} a second, ${what}`,
      value: stored.failed,
      unit: 'calls',
      target: { atMost: 0 },
    },
    {
      what: `processor time a call, ${what}`,
      value: stored.cpu,
      unit: 'µs',
      beside: { what: 'the same calls, all of it in memory', value: inMemory.cpu },
    },
  ];
}

async function cost(env: Readonly<Record<string, string>>, target: number) {
  return withEdge({ ...env, TARGET_PORT: String(target) }, async ({ port, pid }) => {
    const uri = uriThrough(port);
    await call({ port, uri: uri.replace('bench[', 'warm['), ...WARM });
    const before = cpuMicroseconds(pid);
    const failed = await call({ port, uri, ...LOAD });
    return { failed, cpu: (cpuMicroseconds(pid) - before) / LOAD.calls };
  });
}

/** A table of its own while `work` runs; `work` gets the environment that leads to it. */
async function withTable<T>(work: (env: Readonly<Record<string, string>>) => Promise<T>): Promise<T> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  try {
    const client = new DynamoDBClient({ region: 'us-east-1', endpoint, credentials });
    await client.send(new CreateTableCommand(TABLE));
    client.destroy();
    return await work({
      TABLE_NAME: TABLE.TableName,
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    });
  } finally {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }
}
