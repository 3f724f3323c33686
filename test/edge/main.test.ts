import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import type { Environment } from '../../aws/clients.ts';
import { createEdgeCommands } from '../../aws/queues.ts';
import { createUserAgent, type Session, type UserAgent, udp } from '../../sip/user-agent.ts';
import { startLocalAws as startTableAndSecret } from '../lambdas/local-aws.ts';
import { certificates } from '../sip/support/sockets.ts';
import { putOriginatePlan, startCommandAws } from './support/command-aws.ts';
import { answerAt, CONNECTOR_SDP } from './support/edge-stage.ts';

const HERE = '127.0.0.1';
const TOKEN = 'abcdefghijklmnopqrstuvwx';
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** `node edge/main.ts`, as the container runs it. */
function startMain(env: Environment) {
  const main = fileURLToPath(new URL('../../edge/main.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [main], { env: { PATH: process.env['PATH'], ...env } });
  closing.push(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit').then(([code]) => code as number);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', text => (output += text));
  return {
    child,
    exited,
    output: () => output,
    /** What its first line tells, once it listens. */
    async listening(): Promise<{ listeners: string[]; health: number }> {
      await expect.poll(() => output, { timeout: 10_000 }).toContain('listens');
      return JSON.parse(output.split('\n').find(line => line.includes('listens')) as string);
    },
  };
}

async function agent(onInvite: NonNullable<UserAgent['onInvite']> = () => {}): Promise<[UserAgent, number]> {
  const made = createUserAgent({ transports: [udp({ address: HERE })] });
  made.onInvite = onInvite;
  await made.start();
  closing.push(() => made.close());
  return [made, made.transport.transports[0]?.local.port as number];
}

it('carries out a command, drains on SIGTERM while its bridge lives, and exits with 0; no secret is logged', async () => {
  const sessions: Session[] = [];
  const [, phonePort] = await agent(invitation => {
    const session = invitation.accept({ sdp: answerAt(HERE) });
    session.onOffer = offer => offer.accept(answerAt(HERE));
    sessions.push(session);
  });
  const entered: string[] = [];
  const [connector, connectorPort] = await agent(invitation => {
    const { request } = invitation;
    entered.push(`${request.uri} ${request.headers.get('X-Dialplane-Token')}`);
    invitation.accept({ sdp: CONNECTOR_SDP });
  });
  const aws = await startCommandAws();
  closing.push(() => aws.close());
  const { env } = aws;
  const edge = startMain({
    ...env,
    EDGE_ADDRESS: HERE,
    SIP_PORT: '0',
    HEALTH_PORT: '0',
    EDGE_INSIDE_NETWORKS: '127.0.0.0/8',
    ALLOWED_NETWORKS: '127.0.0.0/8',
    VOICE_CONNECTOR_HOST: `${HERE}:${connectorPort}`,
    DRAIN_SECONDS: '30',
    LOG_LEVEL: 'debug',
  });
  const { listeners, health } = await edge.listening();
  const healthz = async () => (await fetch(`http://${HERE}:${health}/healthz`)).status;
  expect(await healthz()).toBe(200);

  await putOriginatePlan(env, TOKEN, `sip:bob@${HERE}:${phonePort}`);
  await createEdgeCommands(env)?.send({ kind: 'originate', token: TOKEN });
  await expect.poll(() => entered, { timeout: 10_000 }).toHaveLength(1);
  expect(entered[0]).toBe(`sip:+17035550122@${HERE}:${connectorPort} ${TOKEN}`);

  edge.child.kill('SIGTERM');
  await expect.poll(healthz).toBe(503);
  const sipPort = listeners.find(listener => listener.startsWith('UDP'))?.split(':')[1];
  const late = connector.invite(`sip:${TOKEN}@${HERE}:${sipPort}`, { sdp: CONNECTOR_SDP });
  await expect(late.answered).rejects.toMatchObject({ response: { status: 503 } });
  expect(edge.child.exitCode).toBeNull();

  sessions[0]?.bye();
  expect(await edge.exited).toBe(0);
  expect(edge.output()).not.toMatch(new RegExp(`${TOKEN}|a secret password|kate`));
});

it('shows peers over TLS the certificate that Secrets Manager keeps', async () => {
  const aws = await startTableAndSecret();
  closing.push(() => aws.close());
  const { key, certificate } = certificates.server;
  aws.secret = JSON.stringify({ certificate: String(certificate), privateKey: String(key) });
  const edge = startMain({
    ...aws.env,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.config.endpoint,
    BUS_NAME: 'bus',
    EDGE_ADDRESS: HERE,
    EDGE_INSIDE_NETWORKS: '127.0.0.0/8',
    SIP_PORT: '0',
    TLS_PORT: '0',
    TLS_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:tls',
  });
  const { listeners } = await edge.listening();
  const port = listeners.find(listener => listener.startsWith('TLS'))?.split(':')[1];
  const socket = connect({
    host: HERE,
    port: Number(port),
    ca: certificates.authority,
    checkServerIdentity: () => undefined,
  });
  closing.push(() => socket.destroy());
  await once(socket, 'secureConnect');
  expect(socket.authorized).toBe(true);
});

it('goes on after a datagram that wants its answer at port 0', async () => {
  const aws = await startTableAndSecret();
  closing.push(() => aws.close());
  const edge = startMain({
    ...aws.env,
    BUS_NAME: 'bus',
    EDGE_ADDRESS: HERE,
    EDGE_INSIDE_NETWORKS: '10.0.0.0/8',
    SIP_PORT: '0',
  });
  const { listeners } = await edge.listening();
  const port = Number(listeners.find(listener => listener.startsWith('UDP'))?.split(':')[1]);
  const stranger = createSocket('udp4');
  closing.push(() => stranger.close());
  const asking = (method: string) =>
    [
      `${method} sip:edge@${HERE} SIP/2.0`,
      `Via: SIP/2.0/UDP ${HERE}:0;branch=z9hG4bK${method}`,
      'From: <sip:a@example.com>;tag=a',
      'To: <sip:b@example.com>',
      `Call-ID: ${method}`,
      `CSeq: 1 ${method}`,
      'Max-Forwards: 70',
      `Contact: <sip:a@${HERE}:0>`,
      'Content-Length: 0',
      '\r\n',
    ].join('\r\n');
  for (const method of ['OPTIONS', 'INVITE', 'REGISTER']) stranger.send(asking(method), port, HERE);
  const [somebody] = await agent();
  const answer = await somebody.request({ method: 'OPTIONS', uri: `sip:edge@${HERE}:${port}` });
  expect([answer.status, edge.child.exitCode]).toEqual([200, null]);
});

it('says in one sentence what it cannot start with, and exits with 1', async () => {
  const edge = startMain({ TABLE_NAME: 'calls', BUS_NAME: 'events' });
  expect(await edge.exited).toBe(1);
  expect(edge.output()).toBe('KEY_ID is not set, and the SIP edge cannot start without it.\n');
});
