import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDialPlans } from '../../aws/dial-plans.ts';
import { createTable } from '../../aws/table.ts';
import { createTokens } from '../../aws/tokens.ts';
import { systemClock } from '../../core/clock.ts';
import type { DialPlan } from '../../core/dial-plan.ts';
import { dynamoJournal } from '../../edge/dynamo-journal.ts';
import { createUserAgent, type Session, type UserAgent, udp } from '../../sip/user-agent.ts';
import { type LocalAws, startLocalAws } from '../lambdas/local-aws.ts';
import { answerAt, CONNECTOR_SDP, childSid } from './support/edge-stage.ts';

const HERE = '127.0.0.1';
const MAIN = join(import.meta.dirname, 'support/edge-process.ts');

let aws: LocalAws;
let children: ChildProcess[];
let agents: UserAgent[];
let bus: Awaited<ReturnType<typeof startBus>>;

/** As much of EventBridge as takes events. */
async function startBus() {
  const told: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { Entries } = JSON.parse(Buffer.concat(chunks).toString()) as {
      Entries: { DetailType: string; Detail: string }[];
    };
    for (const { DetailType, Detail } of Entries)
      told.push(`${DetailType} ${(JSON.parse(Detail) as { metadata: { id: string } }).metadata.id}`);
    response.setHeader('Content-Type', 'application/x-amz-json-1.1');
    response.end(
      JSON.stringify({ FailedEntryCount: 0, Entries: Entries.map((_, i) => ({ EventId: `${i}` })) }),
    );
  });
  await new Promise<void>(resolve => server.listen(0, HERE, resolve));
  const { port } = server.address() as AddressInfo;
  return { told, url: `http://${HERE}:${port}`, close: () => server.close() };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const agent = await listening(() => {});
  const port = portOf(agent);
  await agent.close();
  return port;
}

async function listening(onInvite: NonNullable<UserAgent['onInvite']>): Promise<UserAgent> {
  const agent = createUserAgent({ transports: [udp({ address: HERE })] });
  agent.onInvite = onInvite;
  await agent.start();
  agents.push(agent);
  return agent;
}

const portOf = (agent: UserAgent) => agent.transport.transports[0]?.local.port ?? 0;

async function startEdgeProcess(env: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', () => reject(new Error('The edge did not start.')));
  });
  return child;
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds() && tries < 500; tries++) await new Promise(resolve => setTimeout(resolve, 20));
  expect(holds()).toBe(true);
}

beforeEach(async () => {
  aws = await startLocalAws();
  children = [];
  agents = [];
  bus = await startBus();
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(agents.map(agent => agent.close()));
  bus.close();
  await aws.close();
});

async function scene() {
  const sessions: Session[] = [];
  const target = await listening(invitation => {
    invitation.progress(180);
    sessions.push(invitation.accept({ sdp: answerAt(HERE) }));
  });
  const caller = await listening(() => {});
  const plans = createDialPlans(createTable(aws.env));
  const tokens = createTokens(aws.env, systemClock);
  const sipPort = await freePort();
  const env = {
    ...aws.env,
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.url,
    BUS_NAME: 'calls',
    SIP_PORT: `${sipPort}`,
  };
  const password = Buffer.from(await tokens.encrypt('AC1', 's3cret')).toString('base64');
  const plan: DialPlan = {
    token: 'abcdefghijklmnopqrstuvwx',
    kind: 'bridge',
    accountSid: 'AC1',
    dialect: 'signalwire',
    rootSid: childSid(0),
    calls: [
      {
        sid: childSid(1),
        parentSid: childSid(0),
        direction: 'outbound-dial',
        to: 'sip:bob@127.0.0.1',
        from: '+15550100',
        status: 'initiated',
        createdAtMs: 0,
        updatedAtMs: 0,
        nextEvent: 1,
        nextCallback: 0,
      },
    ],
    targets: [
      {
        kind: 'sip',
        uri: `sip:bob@${HERE}:${portOf(target)}`,
        transport: 'udp',
        headers: [],
        credentials: { username: 'kate', password: { ciphertext: password } },
        codecs: ['PCMU'],
      },
    ],
    callerId: '+15550100',
    ringTimeoutSeconds: 30,
    timeLimitSeconds: 600,
    hangupOnStar: false,
    expiresAtMs: Date.now() + 60_000,
  };
  await plans.put(plan, Date.now());
  return { env, plan, plans, caller, sessions, sipPort };
}

describe('the edge as a process', () => {
  it('killed in a bridged call and started again ends both legs by a BYE, and the table knows all', async () => {
    const { env, plan, plans, caller, sessions, sipPort } = await scene();
    const journal = dynamoJournal(createTable(aws.env), 'edge-under-test', () => Date.now());
    const first = await startEdgeProcess(env);
    const session = await caller.invite(`sip:${plan.token}@${HERE}:${sipPort}`, { sdp: CONNECTOR_SDP })
      .answered;
    const [called] = sessions;
    await until(() => bus.told.length === 2);
    for (let tries = 0; (await journal.all()).length === 0 && tries < 100; tries++)
      await new Promise(resolve => setTimeout(resolve, 20));

    first.kill('SIGKILL');
    await once(first, 'exit');
    await startEdgeProcess(env);
    session.bye();

    await until(() => called?.end !== undefined);
    expect(called?.end?.by).toBe('remote');
    await until(() => bus.told.includes(`Call Completed ${childSid(1)}-3`));
    const stored = await plans.get(plan.token);
    expect(stored?.report).toMatchObject({ winner: 0, calls: [{ status: 'completed' }] });
    for (let tries = 0; (await journal.all()).length > 0 && tries < 100; tries++)
      await new Promise(resolve => setTimeout(resolve, 20));
    expect(await journal.all()).toEqual([]);
  });

  it('stopped and started again hands its bridges over where that is asked for', async () => {
    const { env, plan, caller, sessions, sipPort } = await scene();
    const first = await startEdgeProcess({ ...env, AFTERWARDS: 'hand-over' });
    const session = await caller.invite(`sip:${plan.token}@${HERE}:${sipPort}`, { sdp: CONNECTOR_SDP })
      .answered;
    first.kill('SIGTERM');
    await once(first, 'exit');
    await startEdgeProcess(env);
    expect([session.end, sessions[0]?.end]).toEqual([undefined, undefined]);
    sessions[0]?.bye();
    await until(() => session.end !== undefined);
    await until(() => bus.told.includes(`Call Completed ${childSid(1)}-3`));
  });

  it('stopped by SIGTERM hangs up and exits without a fault', async () => {
    const { env, plan, caller, sipPort } = await scene();
    const child = await startEdgeProcess(env);
    const session = await caller.invite(`sip:${plan.token}@${HERE}:${sipPort}`, { sdp: CONNECTOR_SDP })
      .answered;
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    expect(session.end?.by).toBe('remote');
    expect(bus.told.at(-1)).toBe(`Call Completed ${childSid(1)}-3`);
  });
});
