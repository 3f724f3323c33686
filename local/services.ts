import { type Random, systemRandom } from '../core/random.ts';
import { createChimeVoiceListener } from '../sma/http/chime-voice.ts';
import { createHandsets, type Handsets } from '../sma/network/handsets.ts';
import { randomUuid } from '../sma/random.ts';
import { createSmaRuntime, type SmaRuntime } from '../sma/runtime.ts';
import type { VoiceConnector } from '../sma/voice-connector/voice-connector.ts';
import { audioSource } from './audio-source.ts';
import { AWS_ACCOUNT_ID, AWS_REGION } from './aws/identity.ts';
import { listenerService } from './aws/listener-service.ts';
import { type LocalAws, startLocalAws } from './aws/local-aws.ts';
import { type PlatformClock, realTime } from './clock/platform-clock.ts';
import { FUNCTIONS, type FunctionName } from './functions.ts';
import { faultFields, jsonLines, type PlatformLog } from './log.ts';
import type { PlatformOptions } from './platform-options.ts';
import { bothNetworks, localConnector, localTelephoneConnector } from './sip.ts';
import { Timelines } from './timeline/timelines.ts';

export const TABLE_NAME = 'dialplane';

/** What the functions talk to: AWS, and the voice service with its phones. */
export interface Services {
  clock: PlatformClock;
  random: Random;
  log: PlatformLog;
  aws: LocalAws;
  runtime: SmaRuntime;
  handsets: Handsets;
  timelines: Timelines;
  keyId: string;
  /** The way to the SIP edge, where there is one. */
  connector: VoiceConnector | undefined;
  /** The edge's way to the phones, beside it. */
  telephoneConnector: VoiceConnector | undefined;
  close(): Promise<void>;
}

/** Starts them, with nothing in them but the table. */
export async function startServices(options: PlatformOptions): Promise<Services> {
  const { clock = realTime(), random = systemRandom } = options;
  const fraction = fractionOf(random);
  const keyId = randomUuid(fraction);
  const timelines = new Timelines();
  let closed = false;
  // What fails while everything ends is no news.
  const log: PlatformLog = (...line) => closed || (options.log ?? jsonLines)(...line);

  // The voice service and AWS need each other; what is needed first is named first and filled in below.
  let aws: LocalAws;
  let runtime: SmaRuntime;
  const handsets = createHandsets({
    clock,
    inbound: (call, line) => runtime.inbound(call, line),
    ...(options.handsets && { scripts: options.handsets }),
  });
  const ofConnectors = {
    clock,
    random: fraction,
    runtime: () => runtime,
    onError: (error: unknown) => log('error', 'A Voice Connector is at fault', faultFields(error)),
  };
  const hasSip = options.sipPort !== undefined;
  const connector = hasSip ? localConnector(ofConnectors) : undefined;
  const telephoneConnector = hasSip
    ? localTelephoneConnector({ ...ofConnectors, handsets: handsets.network })
    : undefined;
  runtime = createSmaRuntime({
    clock,
    random: fraction,
    network: connector ? bothNetworks(handsets.network, connector.network) : handsets.network,
    audio: audioSource(() => aws.s3, log),
    awsAccountId: AWS_ACCOUNT_ID,
    region: AWS_REGION,
    options: { exposeLegMedia: true, ...options.sma },
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
      if (functionError !== undefined) log('error', `Function ${functionName} failed`, faultFields(error));
    },
    onFault: error => log('error', 'An emulated service is at fault', faultFields(error)),
    onTargetError: (rule, error) =>
      log('error', `Rule ${rule.name} could not reach its target`, faultFields(error)),
  });

  return {
    clock,
    random,
    log,
    aws,
    runtime,
    handsets,
    timelines,
    keyId,
    connector,
    telephoneConnector,
    async close() {
      closed = true;
      runtime.close();
      await Promise.all([connector?.close(), telephoneConnector?.close()]);
      clock.close();
      await aws.close();
    },
  };
}

function isFunction(caller: string): caller is FunctionName {
  return Object.hasOwn(FUNCTIONS, caller);
}

/** The runtime's kind of randomness from the functions' kind. */
export function fractionOf(random: Random): () => number {
  return () => Buffer.from(random.bytes(4)).readUInt32BE() / 0x1_0000_0000;
}
