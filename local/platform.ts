import { randomBytes } from 'node:crypto';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Environment } from '../aws/clients.ts';
import { createDeliveries } from '../aws/deliveries.ts';
import { createTable } from '../aws/table.ts';
import { type Random, systemRandom } from '../core/random.ts';
import { rootSid } from '../core/sid.ts';
import { createChimeVoiceListener } from '../sma/http/chime-voice.ts';
import { ACCOUNT_NUMBERS, type HandsetScript } from '../sma/network/handset-script.ts';
import { createHandsets, type Handsets } from '../sma/network/handsets.ts';
import type { SmaOptions } from '../sma/options.ts';
import { randomUuid } from '../sma/random.ts';
import { type AudioObject, createSmaRuntime, type SmaRuntime } from '../sma/runtime.ts';
import { type EventSource, startEventSource } from './aws/event-source.ts';
import { AWS_ACCOUNT_ID, AWS_REGION } from './aws/identity.ts';
import { listenerService } from './aws/listener-service.ts';
import { type LocalAws, startLocalAws } from './aws/local-aws.ts';
import type { UsageCounter } from './aws/usage.ts';
import { connectBus } from './bus-rules.ts';
import { type PlatformClock, realTime } from './clock/platform-clock.ts';
import { FUNCTIONS, type FunctionFactory, type FunctionName, type Resources } from './functions.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import { createLocalRoutes } from './local-routes.ts';
import { jsonLines, type PlatformLog } from './log.ts';
import { QUEUES } from './queues.ts';
import { seedAccount } from './seed.ts';
import { callbackEntries, merged } from './timeline/callback-entries.ts';
import type { TimelineEntry } from './timeline/timeline-entry.ts';
import { type CallSummary, Timelines } from './timeline/timelines.ts';

export interface PlatformOptions {
  /** Port of the HTTP API on 127.0.0.1; 0 (the default) for any that is free. */
  apiPort?: number;
  /** `AC` and 32 hex digits; made up when left out. */
  accountSid?: string;
  /** Made up when left out. */
  authToken?: string;
  /** Calls that the account may place in a second; 1, the voice service's own default, when left out. */
  callsPerSecond?: number;
  /** Real time by default; `new EagerClock()` for tests. The platform closes it when it is closed itself. */
  clock?: PlatformClock;
  /** Where all ids and everything else that is random comes from. */
  random?: Random;
  /** Behaviour of the voice service, quotas included. */
  sma?: Partial<SmaOptions>;
  /** Which virtual phones there are, and how they behave. */
  handsets?: Readonly<Record<string, HandsetScript>>;
  /** Added to every function's environment, for example `LOG_LEVEL`. */
  env?: Environment;
  /** Stand-ins for deployed functions. */
  functions?: Partial<Record<FunctionName, FunctionFactory>>;
  /** Told what goes wrong inside; JSON lines on standard error by default. */
  log?: PlatformLog;
}

export interface PlatformInfo {
  apiUrl: string;
  accountSid: string;
  authToken: string;
  /** The account's own numbers. */
  numbers: readonly string[];
  /** Numbers of the virtual phones. */
  handsets: readonly string[];
  sipMediaApplicationId: string;
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

const TABLE_NAME = 'dialplane';
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
  const { clock = realTime(), random = systemRandom, log = jsonLines } = options;
  const accountSid = options.accountSid ?? `AC${randomBytes(16).toString('hex')}`;
  const authToken = options.authToken ?? randomBytes(16).toString('hex');
  const fraction = fractionOf(random);
  const keyId = randomUuid(fraction);
  const sipMediaApplicationId = randomUuid(fraction);
  const timelines = new Timelines();
  let closing = false;

  // The voice service and AWS need each other; what is needed first is named first and filled in below.
  let aws: LocalAws;
  let runtime: SmaRuntime;
  const handsets = createHandsets({
    clock,
    inbound: (call, line) => runtime.inbound(call, line),
    ...(options.handsets && { scripts: options.handsets }),
  });
  runtime = createSmaRuntime({
    clock,
    random: fraction,
    network: handsets.network,
    audio: (bucket, key) => readAudio(aws.s3, bucket, key),
    awsAccountId: AWS_ACCOUNT_ID,
    region: AWS_REGION,
    options: options.sma,
    onTrace: entry => timelines.noteTrace(entry),
  });
  aws = await startLocalAws({
    clock,
    tableName: TABLE_NAME,
    keyId,
    chime: listenerService(createChimeVoiceListener(runtime)),
    // The platform itself may do everything; a function what its deployed role allows.
    mayDo: (caller, action) => !isFunction(caller) || FUNCTIONS[caller].rights.includes(action),
    onInvocation({ functionName, functionError, error }) {
      if (functionError !== undefined && !closing) {
        log('error', `Function ${functionName} failed`, { error: error?.message, stack: error?.stack });
      }
    },
    onTargetError: (rule, error) =>
      log('error', `Rule ${rule.name} could not reach its target`, { error: String(error) }),
  });

  const resources: Resources = {
    tableName: TABLE_NAME,
    busName: BUS_NAME,
    keyId,
    bucketName: BUCKET_NAME,
    sipMediaApplicationId,
    queueUrls: await createQueues(aws),
    allowedNetworks: ALLOWED_NETWORKS,
  };
  await aws.fauxqs.createBucket(BUCKET_NAME);
  connectBus(BUS_NAME, aws, clock, timelines);
  addFunctions(aws, resources, options, { clock, random });
  runtime.addApplication({
    sipMediaApplicationId,
    numbers: ACCOUNT_NUMBERS,
    invoke: async event => {
      const { payload, error } = await aws.host.invoke('sma-handler', JSON.stringify(event));
      if (error !== undefined) throw error;
      return JSON.parse(payload);
    },
  });
  const ownEnv = { ...aws.env('local-platform'), TABLE_NAME, KEY_ID: keyId };
  await seedAccount(ownEnv, clock, { accountSid, authToken, callsPerSecond: options.callsPerSecond });
  aws.usage.reset();
  const deliveries = createDeliveries(createTable(ownEnv));

  async function timeline(callSid: string): Promise<CallTimeline | undefined> {
    const recorded = timelines.get(callSid);
    if (recorded === undefined) return undefined;
    const attempts = callbackEntries(await deliveries.list(rootSid(callSid)));
    return { ...recorded.summary, entries: merged(recorded.entries, attempts) };
  }

  let gateway: Gateway;
  const info = (): PlatformInfo => ({
    apiUrl: gateway.url,
    accountSid,
    authToken,
    numbers: ACCOUNT_NUMBERS,
    handsets: handsets.list().map(({ number }) => number),
    sipMediaApplicationId,
  });
  try {
    gateway = await startGateway({
      port: options.apiPort ?? 0,
      host: aws.host,
      functionName: 'api',
      clock,
      localRoutes: createLocalRoutes({ info, handsets, timelines, timeline, usage: aws.usage }),
      onRequest: () => aws.usage.noteHttpRequest(),
    });
  } catch (error) {
    clock.close();
    await aws.close();
    throw error;
  }
  const sources = startEventSources(aws, resources, error => {
    if (!closing) log('error', 'A queue could not be polled', { error: String(error) });
  });

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
    async close() {
      if (closing) return;
      closing = true;
      runtime.close();
      const stopping = Promise.all([
        gateway.close(),
        ...sources.map(source => source.stop()),
        aws.host.idle(),
      ]);
      await Promise.race([stopping, patience()]);
      clock.close();
      await aws.close();
    },
  };
}

async function createQueues(aws: LocalAws): Promise<Resources['queueUrls']> {
  const create = async ({ name, deadLetterName, attributes }: (typeof QUEUES)['outbound']) => {
    const kind = attributes['FifoQueue'] === undefined ? {} : { FifoQueue: 'true' };
    const deadLetters = aws.url + (await aws.fauxqs.createQueue(deadLetterName, kind));
    return { url: aws.url + (await aws.fauxqs.createQueue(name, attributes)), deadLetters };
  };
  const outbound = await create(QUEUES.outbound);
  const callbacks = await create(QUEUES.callbacks);
  const timers = await create(QUEUES.timers);
  return {
    outbound: outbound.url,
    callbacks: callbacks.url,
    callbackDeadLetters: callbacks.deadLetters,
    timers: timers.url,
  };
}

function addFunctions(
  aws: LocalAws,
  resources: Resources,
  options: PlatformOptions,
  context: { clock: PlatformClock; random: Random },
): void {
  for (const [name, definition] of Object.entries(FUNCTIONS)) {
    const create = options.functions?.[name as FunctionName] ?? definition.create;
    const env = { LOG_LEVEL: 'warn', ...aws.env(name), ...definition.env(resources), ...options.env };
    const { memoryMb, timeoutSeconds } = definition;
    aws.host.add({ name, memoryMb, timeoutSeconds, handler: create({ env, ...context }) });
  }
}

function startEventSources(
  aws: LocalAws,
  { queueUrls }: Resources,
  onError: (error: unknown) => void,
): EventSource[] {
  return (['outbound', 'callbacks', 'timers'] as const).map(queue =>
    startEventSource({
      sqs: aws.sqs,
      host: aws.host,
      queueUrl: queueUrls[queue],
      functionName: QUEUES[queue].consumer,
      batchSize: 10,
      concurrency: QUEUES[queue].concurrency,
      onError,
    }),
  );
}

function isFunction(caller: string): caller is FunctionName {
  return Object.hasOwn(FUNCTIONS, caller);
}

/** What the voice service reads to play it; undefined for what it cannot have. */
async function readAudio(s3: S3Client, Bucket: string, Key: string): Promise<AudioObject | undefined> {
  try {
    const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), contentType: ContentType };
  } catch {
    return undefined;
  }
}

/** The runtime's kind of randomness from the functions' kind. */
function fractionOf(random: Random): () => number {
  return () => Buffer.from(random.bytes(4)).readUInt32BE() / 0x1_0000_0000;
}

function patience(): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, PATIENCE_MS).unref();
  });
}
