/** Two edges of one deployment, as two tasks run them: they share the table, the common queue and the connectors. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDialPlans } from '../../aws/dial-plans.ts';
import { createEdgeCommands } from '../../aws/queues.ts';
import { createTable } from '../../aws/table.ts';
import { type EdgeProcess, startEdgeProcess } from '../../edge/process/edge-process.ts';
import { readSettings } from '../../edge/process/settings.ts';
import { createUserAgent, type IncomingInvitation, type UserAgent, udp } from '../../sip/user-agent.ts';
import { HttpDouble } from '../lambdas/http-double.ts';
import { putOriginatePlan, startCommandAws } from './support/command-aws.ts';

const HERE = '127.0.0.1';
const NAMES = ['edge-1', 'edge-2'] as const;

let aws: Awaited<ReturnType<typeof startCommandAws>>;
let env: Record<string, string>;
let chime: HttpDouble;
/** What the service keeps of the connectors, by path. */
let kept: Map<string, Record<string, { [name: string]: unknown }>>;
let phone: UserAgent;
let ringing: IncomingInvitation[];
let edges: EdgeProcess[];
let ownQueues: Record<string, string>;

beforeEach(async () => {
  kept = new Map();
  chime = new HttpDouble(({ method, path, body }) => {
    if (method === 'PUT') kept.set(path, body);
    return { status: 200, body: kept.get(path) ?? {} };
  });
  aws = await startCommandAws();
  ownQueues = Object.fromEntries(
    await Promise.all(NAMES.map(async name => [name, await aws.queue(`${name}-commands`)])),
  );
  env = {
    ...aws.env,
    EDGE_OWN_QUEUE_URLS: JSON.stringify(ownQueues),
    AWS_ENDPOINT_URL_CHIME_SDK_VOICE: await chime.start(),
  };
  ringing = [];
  phone = createUserAgent({ transports: [udp({ address: HERE })] });
  phone.onInvite = invitation => {
    ringing.push(invitation);
    invitation.progress(180);
  };
  await phone.start();
  edges = [];
});
afterEach(async () => {
  await Promise.all(edges.map(edge => edge.stop()));
  await phone.close();
  await aws.close();
  await chime.stop();
});

async function start(name: (typeof NAMES)[number], more: Record<string, string> = {}): Promise<EdgeProcess> {
  const own = {
    ...env,
    ...more,
    EDGE_NAME: name,
    EDGE_OWN_QUEUE_URL: ownQueues[name] ?? '',
    EDGE_ADDRESS: HERE,
    SIP_PORT: '0',
    PUBLIC_ADDRESS: name === 'edge-1' ? '192.0.2.1' : '192.0.2.2',
    EDGE_INSIDE_NETWORKS: '127.0.0.0/8',
    ALLOWED_NETWORKS: '127.0.0.0/8',
    VOICE_CONNECTOR_HOST: HERE,
    VOICE_CONNECTOR_ID: 'calls',
    TELEPHONE_CONNECTOR_ID: 'numbers',
    ORIGINATION_HOSTS: '198.51.100.1,198.51.100.2',
    DRAIN_SECONDS: '0',
    LOG_LEVEL: 'silent',
  };
  const edge = await startEdgeProcess(own, readSettings(own));
  edges.push(edge);
  return edge;
}

const routes = () =>
  (kept.get('/voice-connectors/calls/origination')?.['Origination']?.['Routes'] ?? []) as {
    Host: string;
    Port: number;
    Priority: number;
    Weight: number;
  }[];
const mayCall = (connector: string) =>
  kept.get(`/voice-connectors/${connector}/termination`)?.['Termination']?.['CidrAllowedList'];

describe('The Voice Connectors', () => {
  it('take the calls of all edges that run, and lead theirs to each alike', async () => {
    await start('edge-1');
    expect(routes()).toHaveLength(2);
    const second = await start('edge-2');
    expect([mayCall('calls'), mayCall('numbers')]).toEqual([
      ['192.0.2.1/32', '192.0.2.2/32'],
      ['192.0.2.1/32', '192.0.2.2/32'],
    ]);
    const ports = [...new Set(routes().map(({ Port }) => Port))];
    expect(ports).toHaveLength(2);
    expect(routes()).toEqual(
      ['198.51.100.1', '198.51.100.2'].flatMap((Host, index) =>
        ports.map(Port => ({ Host, Port, Protocol: 'UDP', Priority: index + 1, Weight: 1 })),
      ),
    );

    await second.stop();
    expect([mayCall('calls'), mayCall('numbers')]).toEqual([['192.0.2.1/32'], ['192.0.2.1/32']]);
    expect(routes().map(({ Port }) => Port)).toEqual([ports[0], ports[0]]);
  });

  it('are left as they are when the last edge stops: the next one is on its way', async () => {
    const only = await start('edge-1');
    const before = structuredClone([...kept]);
    await only.stop();
    expect([...kept]).toEqual(before);
  });
});

describe('A command', () => {
  const uri = () => `sip:bob@${HERE}:${phone.transport.transports[0]?.local.port}`;
  const claimedBy = async (token: string) => (await createDialPlans(createTable(env)).get(token))?.claimedBy;
  const state = (token: number) => ringing[token]?.state;

  it.each(NAMES)('that gives up a call of %s reaches it, whichever edges there are besides', async name => {
    for (const each of NAMES) await start(each);
    const commands = createEdgeCommands(env);
    const token = 'a'.repeat(24);
    await putOriginatePlan(env, token, uri());
    await commands?.send({ kind: 'originate', token }, name);
    await expect.poll(() => ringing.length, { timeout: 10_000 }).toBe(1);
    expect(await claimedBy(token)).toBe(name);

    await commands?.send({ kind: 'cancel', token }, await claimedBy(token));
    await expect.poll(() => state(0), { timeout: 10_000 }).toBe('cancelled');
  });

  it('to place a call is carried out once, by any of them', async () => {
    for (const each of NAMES) await start(each);
    const commands = createEdgeCommands(env);
    const tokens = ['b', 'c', 'd', 'e'].map(letter => letter.repeat(24));
    for (const token of tokens) {
      await putOriginatePlan(env, token, uri());
      await commands?.send({ kind: 'originate', token });
    }
    await expect.poll(() => ringing.length, { timeout: 10_000 }).toBe(tokens.length);
    for (const token of tokens) {
      const claimer = await claimedBy(token);
      expect(NAMES).toContain(claimer);
      await commands?.send({ kind: 'cancel', token }, claimer);
    }
    await expect
      .poll(() => ringing.map(({ state }) => state), { timeout: 10_000 })
      .toEqual(tokens.map(() => 'cancelled'));
  });

  it('to place a call waits while all edges are full, and goes to the first that has room', async () => {
    await start('edge-1', { MAX_CALLS: '1' });
    const commands = createEdgeCommands(env);
    const [first, second, third] = ['h', 'i', 'j'].map(letter => letter.repeat(24)) as [
      string,
      string,
      string,
    ];
    for (const token of [first, second, third]) await putOriginatePlan(env, token, uri());
    await commands?.send({ kind: 'originate', token: first });
    await expect.poll(() => ringing.length, { timeout: 10_000 }).toBe(1);
    await commands?.send({ kind: 'originate', token: second });
    await start('edge-2', { MAX_CALLS: '1' });
    await expect.poll(() => ringing.length, { timeout: 10_000 }).toBe(2);
    expect(await claimedBy(second)).toBe('edge-2');

    await commands?.send({ kind: 'originate', token: third });
    await commands?.send({ kind: 'cancel', token: second }, 'edge-2');
    await expect.poll(() => ringing.length, { timeout: 10_000 }).toBe(3);
    expect(await claimedBy(third)).toBe('edge-2');
    expect(state(0)).toBe('open');
  });

  it('that its edge has died over goes on when that is there again, whoever gets it meanwhile', async () => {
    const commands = createEdgeCommands(env);
    const plans = createDialPlans(createTable(env));
    const token = 'g'.repeat(24);
    await putOriginatePlan(env, token, uri());
    await plans.claim(token, 'edge-1', Date.now());
    await start('edge-2');
    await commands?.send({ kind: 'originate', token }, 'edge-2');
    await start('edge-1');

    await expect.poll(() => ringing.length, { timeout: 10_000 }).toBe(1);
    expect(await claimedBy(token)).toBe('edge-1');
  });

  it('for an edge without a queue of its own takes the common one', async () => {
    await start('edge-1');
    const { EDGE_OWN_QUEUE_URLS: _, ...others } = env;
    const token = 'f'.repeat(24);
    await putOriginatePlan(env, token, uri());
    await createEdgeCommands(others)?.send({ kind: 'originate', token }, 'edge-7');
    await expect.poll(() => ringing.length, { timeout: 10_000 }).toBe(1);
  });
});
