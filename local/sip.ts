/** The SIP side of a platform: the voice service's Voice Connector, and the SIP edge behind it. */
import { createBus } from '../aws/bus.ts';
import { createClientStore } from '../aws/client-store.ts';
import { type Environment, required } from '../aws/clients.ts';
import { createDialPlans } from '../aws/dial-plans.ts';
import { startCommandSource } from '../aws/edge-command-source.ts';
import { createInboundDirectory } from '../aws/inbound-directory.ts';
import { createTable } from '../aws/table.ts';
import { createTokens } from '../aws/tokens.ts';
import { createAddressGuard } from '../core/network/address-guard.ts';
import { carryOut } from '../edge/commands.ts';
import { createEdge, type Edge } from '../edge/edge.ts';
import { edgeMedia } from '../edge/media/edge-media.ts';
import { systemClock } from '../sip/clock.ts';
import { systemRandom } from '../sip/random.ts';
import { udp, udpAndTcp } from '../sip/user-agent.ts';
import { ACCOUNT_NUMBERS } from '../sma/network/handset-script.ts';
import type { PhoneNetwork } from '../sma/network/phone-network.ts';
import type { SmaRuntime } from '../sma/runtime.ts';
import { createVoiceConnector, type VoiceConnector } from '../sma/voice-connector/voice-connector.ts';
import { AWS_ACCOUNT_ID, AWS_REGION } from './aws/identity.ts';
import type { PlatformClock } from './clock/platform-clock.ts';
import type { PlatformLog } from './log.ts';

export const VOICE_CONNECTOR_ARN = `arn:aws:chime:${AWS_REGION}:${AWS_ACCOUNT_ID}:vc/localedge000000000000`;
/** By which the edge's calls come in; the SIP media application's rule names it. */
export const VOICE_CONNECTOR_HOST = '127.0.0.1';
const TELEPHONE_CONNECTOR_ARN = `arn:aws:chime:${AWS_REGION}:${AWS_ACCOUNT_ID}:vc/localphones00000000000`;
/** The user part that a Voice Connector takes from everybody. */
const MEETING_NUMBER = '+17035550122';
/** Who calls, for a caller that has no number. */
const SYNTHETIC_CALLER = '+12025550199';
const HERE = '127.0.0.1';
const THIS_MACHINE = ['127.0.0.0/8'];
/** Where the edge takes media that it has to convert. */
const RELAY_PORTS = { least: 20_000, most: 29_999 };
/** How long live bridges may go on when the platform is closed. */
const DRAIN_MS = 0;

/** The Voice Connector between the runtime and the edge; its routes are set once the edge listens. */
export function localConnector(parts: {
  clock: PlatformClock;
  random: () => number;
  runtime: () => SmaRuntime;
  onError: (error: unknown) => void;
}): VoiceConnector {
  const { clock, random, runtime, onError } = parts;
  return createVoiceConnector({
    arn: VOICE_CONNECTOR_ARN,
    hostName: VOICE_CONNECTOR_HOST,
    listen: { address: HERE, port: 0 },
    routes: [],
    terminationNetworks: THIS_MACHINE,
    clock,
    random,
    inbound: (call, line) => runtime().inbound(call, line),
    onError,
  });
}

/** The Voice Connector between the edge and the phones: no SIP rule names its host, so its calls go by their number. */
export function localTelephoneConnector(parts: {
  clock: PlatformClock;
  random: () => number;
  runtime: () => SmaRuntime;
  handsets: PhoneNetwork;
  onError: (error: unknown) => void;
}): VoiceConnector {
  const { clock, random, runtime, handsets, onError } = parts;
  return createVoiceConnector({
    arn: TELEPHONE_CONNECTOR_ARN,
    hostName: HERE,
    listen: { address: HERE, port: 0 },
    routes: [],
    terminationNetworks: THIS_MACHINE,
    clock,
    random,
    inbound: ({ hostName: _, ...call }, line) => runtime().inbound(call, line),
    telephone: { network: handsets, ownsNumber: number => ACCOUNT_NUMBERS.includes(number) },
    onError,
  });
}

/** Numbers are the handsets', and user parts the Voice Connector's. */
export function bothNetworks(handsets: PhoneNetwork, connector: PhoneNetwork): PhoneNetwork {
  return {
    dial: (call, events) => (call.to.kind === 'voice-connector' ? connector : handsets).dial(call, events),
  };
}

/** Something else listens where the edge should. */
export class SipPortTaken extends Error {
  override readonly name = 'SipPortTaken';

  constructor(port: number, cause: unknown) {
    super(
      `SIP port ${port} is taken: stop what listens there, or set DIALPLANE_SIP_PORT to another port (0 takes any that is free).`,
      { cause },
    );
  }
}

/** A transport's error has the system's own as its cause. */
function codeOf(error: NodeJS.ErrnoException): string | undefined {
  const { code, cause } = error;
  return code === 'EADDRINUSE' || cause === undefined ? code : codeOf(cause as NodeJS.ErrnoException);
}

export interface LocalEdge {
  /** Where the world reaches it. */
  sip: { host: string; port: number };
  close(): Promise<void>;
}

/** Starts the edge, and leads the Voice Connector to it. */
export async function startEdge(parts: {
  env: Environment;
  clock: PlatformClock;
  port: number;
  connector: VoiceConnector;
  telephoneConnector: VoiceConnector;
  allowedNetworks: string;
  log: PlatformLog;
}): Promise<LocalEdge> {
  const { env, clock, port, connector, telephoneConnector, allowedNetworks, log } = parts;
  const targets = createAddressGuard(allowedNetworks.split(','));
  const table = createTable(env);
  const tokens = createTokens(env, clock);
  await Promise.all([connector.start(), telephoneConnector.start()]);
  const { address, port: connectorPort } = connector.local;
  const edge: Edge = createEdge({
    name: 'local',
    plans: createDialPlans(table),
    clients: createClientStore(table, tokens),
    inbound: createInboundDirectory(table),
    bus: createBus(env),
    unseal: (sealed, accountSid) => tokens.decrypt(accountSid, Buffer.from(sealed.ciphertext, 'base64')),
    inside: [udp({ address: HERE, port: 0 })],
    outside: udpAndTcp({ address: HERE, port }),
    insideNetworks: THIS_MACHINE,
    targets,
    media: edgeMedia({
      targets,
      relay: { address: HERE, ports: RELAY_PORTS },
      clock: systemClock,
      random: systemRandom,
    }),
    insideMeasures: true,
    voiceConnector: {
      uri: `sip:${MEETING_NUMBER}@${address}:${connectorPort}`,
      from: SYNTHETIC_CALLER,
    },
    telephoneHost: `${HERE}:${telephoneConnector.local.port}`,
    log: (level, message, fields) => {
      if (level === 'error') log('error', message, fields);
    },
  });
  await edge.start().catch(async (error: NodeJS.ErrnoException) => {
    await edge.stop();
    throw codeOf(error) === 'EADDRINUSE' ? new SipPortTaken(port, error) : error;
  });
  const listening = (agent: Edge['inside']) => {
    const [transport] = agent.transport.transports;
    if (transport === undefined) throw new Error('The SIP edge has no listener.');
    return transport.local.port;
  };
  connector.setRoutes([
    { host: HERE, port: listening(edge.inside), protocol: 'UDP', priority: 1, weight: 1 },
  ]);
  const commands = startCommandSource(
    env,
    required(env, 'EDGE_COMMAND_QUEUE_URL'),
    { carryOut: command => carryOut(edge, command), room: () => edge.room },
    error => log('error', 'The SIP edge cannot get its commands', { error: String(error) }),
  );
  return {
    sip: { host: HERE, port: listening(edge.outside) },
    async close() {
      await commands.stop();
      await edge.stop({ drainMs: DRAIN_MS });
    },
  };
}
