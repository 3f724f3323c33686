import { randomBytes } from 'node:crypto';
import { createDeliveries } from '../aws/deliveries.ts';
import { createTable } from '../aws/table.ts';
import { rootSid, toAuthId, toUuid } from '../core/sid.ts';
import { ACCOUNT_NUMBERS } from '../sma/network/handset-script.ts';
import type { Handsets } from '../sma/network/handsets.ts';
import { randomUuid } from '../sma/random.ts';
import type { SmaRuntime } from '../sma/runtime.ts';
import type { LocalAws } from './aws/local-aws.ts';
import type { UsageCounter } from './aws/usage.ts';
import { connectBus } from './bus-rules.ts';
import type { PlatformClock } from './clock/platform-clock.ts';
import { FUNCTIONS, type FunctionName, type Resources } from './functions.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import { createLocalRoutes } from './local-routes.ts';
import { faultFields } from './log.ts';
import type { PlatformOptions } from './platform-options.ts';
import { consumeQueues, createQueues } from './queues.ts';
import { seedAccount } from './seed.ts';
import { fractionOf, type Services, startServices, TABLE_NAME } from './services.ts';
import { startEdge, VOICE_CONNECTOR_ARN, VOICE_CONNECTOR_HOST } from './sip.ts';
import { callbackEntries, merged } from './timeline/callback-entries.ts';
import type { TimelineEntry } from './timeline/timeline-entry.ts';
import type { CallSummary, Timelines } from './timeline/timelines.ts';

export type { PlatformOptions } from './platform-options.ts';

export interface PlatformInfo {
  apiUrl: string;
  accountSid: string;
  /** The account's other spellings: a UUID, and Plivo's auth id. */
  accountUuid: string;
  plivoAuthId: string;
  authToken: string;
  /** The account's own numbers. */
  numbers: readonly string[];
  /** Numbers of the virtual phones. */
  handsets: readonly string[];
  sipMediaApplicationId: string;
  /** Where SIP reaches the edge, if there is one. */
  sip?: { host: string; port: number };
}

export interface CallTimeline extends CallSummary {
  entries: TimelineEntry[];
}

export interface Platform {
  readonly info: PlatformInfo;
  /** `http://127.0.0.1:<port>`, the same as `info.apiUrl`. */
  readonly url: string;
  readonly clock: PlatformClock;
  readonly runtime: SmaRuntime;
  readonly handsets: Handsets;
  readonly usage: UsageCounter;
  /** Every call's timeline as it grows. */
  readonly timelines: Timelines;
  /** The emulated services, for a test that looks behind the scenes. */
  readonly aws: LocalAws;
  /** Everything that happened to a call and the calls that it dialled, callback attempts included; undefined for an unknown one. */
  timeline(callSid: string): Promise<CallTimeline | undefined>;
  /** Ends everything: calls, consumers, servers. Leaves nothing that would keep the process alive. */
  close(): Promise<void>;
}

const BUS_NAME = 'dialplane';
const BUCKET_NAME = 'dialplane-audio';
/** Where customers' servers may be, although it is a private place: on this machine. */
const ALLOWED_NETWORKS = '127.0.0.0/8,::1/128';
/** How long `close` waits for functions that are under way. */
const PATIENCE_MS = 1_000;

/**
 * The whole of Dialplane in this process: the deployed functions unchanged, the real AWS SDK clients, and around them everything that
 * they talk to. Any number of platforms can live in one process.
 *
 * @example
 * const platform = await createPlatform({ clock: new EagerClock() });
 * platform.handsets.dial('+12025550100', '+12025550110');
 * await platform.close();
 *
 * @throws {NodeJS.ErrnoException} `EADDRINUSE` when the port is taken
 */
export async function createPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const services = await startServices(options);
  try {
    return await assemble(services, options);
  } catch (error) {
    await services.close();
    throw error;
  }
}

/** What a deployment makes, on these services; and the way in. */
async function assemble(services: Services, options: PlatformOptions): Promise<Platform> {
  const { clock, random, log, aws, runtime, handsets, timelines, keyId } = services;
  const accountSid = options.accountSid ?? `AC${randomBytes(16).toString('hex')}`;
  const authToken = options.authToken ?? randomBytes(16).toString('hex');
  const resources: Resources = {
    tableName: TABLE_NAME,
    busName: BUS_NAME,
    keyId,
    bucketName: BUCKET_NAME,
    sipMediaApplicationId: randomUuid(fractionOf(random)),
    queueUrls: await createQueues(aws),
    allowedNetworks: ALLOWED_NETWORKS,
    ...(services.connector && { edgeVoiceConnectorArn: VOICE_CONNECTOR_ARN }),
  };
  await aws.fauxqs.createBucket(BUCKET_NAME);
  connectBus(BUS_NAME, aws, clock, timelines);
  addFunctions(services, resources, options);
  const ownEnv = { ...aws.env('local-platform'), TABLE_NAME, KEY_ID: keyId };
  await seedAccount(ownEnv, clock, { accountSid, authToken, callsPerSecond: options.callsPerSecond });
  aws.usage.reset();

  const deliveries = createDeliveries(createTable(ownEnv));
  const timeline: Platform['timeline'] = async callSid => {
    const recorded = timelines.get(callSid);
    if (recorded === undefined) return undefined;
    const attempts = callbackEntries(await deliveries.list(rootSid(callSid)));
    return { ...recorded.summary, entries: merged(recorded.entries, attempts) };
  };

  let sip: PlatformInfo['sip'];
  const startLocalEdge = async () => {
    const { connector, telephoneConnector } = services;
    if (connector === undefined || telephoneConnector === undefined) return undefined;
    const started = await startEdge({
      env: { ...ownEnv, BUS_NAME, EDGE_COMMAND_QUEUE_URL: resources.queueUrls.edgeCommands },
      clock,
      port: options.sipPort ?? 0,
      connector,
      telephoneConnector,
      allowedNetworks: ALLOWED_NETWORKS,
      log,
    });
    sip = started.sip;
    aws.usage.reset();
    return started;
  };
  const info = (): PlatformInfo => ({
    apiUrl: gateway.url,
    accountSid,
    accountUuid: toUuid(accountSid),
    plivoAuthId: toAuthId(accountSid),
    authToken,
    numbers: ACCOUNT_NUMBERS,
    handsets: handsets.list().map(({ number }) => number),
    sipMediaApplicationId: resources.sipMediaApplicationId,
    ...(sip && { sip }),
  });
  const gateway: Gateway = await startGateway({
    port: options.apiPort ?? 0,
    host: aws.host,
    functionName: 'api',
    clock,
    localRoutes: createLocalRoutes({ info, handsets, timelines, timeline, usage: aws.usage, log }),
    onRequest: () => aws.usage.noteHttpRequest(),
  });
  const edge = await startLocalEdge().catch(async (error: unknown) => {
    await gateway.close();
    throw error;
  });
  const sources = consumeQueues(aws, resources.queueUrls, error =>
    log('error', 'A queue could not be polled', faultFields(error)),
  );

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    runtime.close();
    const stopping = Promise.all([gateway.close(), ...sources.map(source => source.stop()), aws.host.idle()]);
    await Promise.race([stopping, patience()]);
    await edge?.close();
    await services.close();
  }

  return {
    info: info(),
    url: gateway.url,
    clock,
    runtime,
    handsets,
    usage: aws.usage,
    timelines,
    aws,
    timeline,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** The functions, and with the handler the SIP media application that it is for. */
function addFunctions(
  { aws, clock, random, runtime }: Services,
  resources: Resources,
  options: PlatformOptions,
): void {
  for (const [name, definition] of Object.entries(FUNCTIONS)) {
    const create = options.functions?.[name as FunctionName] ?? definition.create;
    const env = { LOG_LEVEL: 'warn', ...aws.env(name), ...definition.env(resources), ...options.env };
    const { memoryMb, timeoutSeconds } = definition;
    aws.host.add({ name, memoryMb, timeoutSeconds, handler: create({ env, clock, random }) });
  }
  runtime.addApplication({
    sipMediaApplicationId: resources.sipMediaApplicationId,
    numbers: ACCOUNT_NUMBERS,
    hostNames: [VOICE_CONNECTOR_HOST],
    invoke: async event => {
      const { payload, error } = await aws.host.invoke('sma-handler', JSON.stringify(event));
      if (error !== undefined) throw error;
      return JSON.parse(payload);
    },
  });
}

function patience(): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, PATIENCE_MS).unref();
  });
}
