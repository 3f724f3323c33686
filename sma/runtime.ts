/**
 * The SMA runtime: what Amazon's SIP media applications do, at the same wire contract (events in, actions out).
 * A handler written for one runs on the other unchanged.
 */
import { checkCreateCall, checkUpdateCall } from './api-request.ts';
import type { CallSurroundings } from './call/surroundings.ts';
import { Transaction } from './call/transaction.ts';
import type { Clock } from './clock.ts';
import type { CallAnswer, CreateCallRequest, UpdateCallRequest } from './contract/api.ts';
import type { LegTag, SmaEvent } from './contract/event.ts';
import type { LegMedia } from './contract/leg-media.ts';
import { lineMedia, type Media } from './media/media.ts';
import { loopBack } from './network/loopback.ts';
import type { IncomingCall, Line, LineEvents, PhoneNetwork } from './network/phone-network.ts';
import { resolveOptions, type SmaOptions } from './options.ts';
import { withPlus } from './phone-number.ts';
import { LegCount, quotasOf, RateLimit } from './quotas.ts';
import { type Random, randomUuid } from './random.ts';
import { ServiceError } from './service-error.ts';
import { wireHeaders } from './sip-headers.ts';
import type { ApiTrace, OnTrace } from './trace.ts';

export interface SmaRuntimeSettings {
  clock: Clock;
  /** Ids, and the order of participants in an event. `seededRandom` makes them repeatable. */
  random: Random;
  network: PhoneNetwork;
  /** Reads an S3 object that an action names; undefined when there is none, or no right to read it. */
  audio: AudioSource;
  awsAccountId: string;
  region: string;
  /** Where the service's behaviour is not known for certain, or worth changing in a test. */
  options?: Partial<SmaOptions> | undefined;
  onTrace?: OnTrace | undefined;
  /**
   * Told what was measured of a leg with sound when it ends, before its HANGUP is sent. Amazon's events have no such thing: whoever
   * wants it beside them takes it here.
   */
  onLegMedia?: ((report: LegMediaReport) => void) | undefined;
  /** What makes legs hear things; by its line when left out. */
  media?: Media | undefined;
}

export interface LegMediaReport {
  transactionId: string;
  sipMediaApplicationId: string;
  callId: string;
  tag: LegTag;
  media: LegMedia;
}

export type AudioSource = (bucket: string, key: string) => Promise<AudioObject | undefined>;

export interface AudioObject {
  bytes: Uint8Array;
  /** The object's Content-Type. The service plays `audio/wav` only; left out, it is taken for that. */
  contentType?: string | undefined;
}

export interface SipMediaApplication {
  sipMediaApplicationId: string;
  /** Invokes the Lambda function. A rejection is an invocation error, as when the function throws. */
  invoke: (event: SmaEvent) => Promise<unknown>;
  /** Numbers of the account's inventory (E.164) whose calls a ToPhoneNumber SIP rule sends to this application. */
  numbers: readonly string[];
  /** Host names of Voice Connectors whose calls a RequestUriHostname SIP rule sends to this application. */
  hostNames?: readonly string[] | undefined;
}

export interface SmaRuntime {
  /** Throws when the id, a number or a host name is another application's already. */
  addApplication(application: SipMediaApplication): void;
  /** CreateSipMediaApplicationCall. Throws `ServiceError`. */
  createCall(request: CreateCallRequest): CallAnswer;
  /** UpdateSipMediaApplicationCall. Throws `ServiceError`. */
  updateCall(request: UpdateCallRequest): CallAnswer;
  /** A call from outside. Undefined when no SIP rule takes it; the line is then untouched. */
  inbound(call: IncomingCall, line: Line): LineEvents | undefined;
  /** Transactions that have a leg up. */
  readonly activeTransactions: ActiveTransaction[];
  /** Ends every call at once, without a word to the handlers. */
  close(): void;
}

export interface ActiveTransaction {
  transactionId: string;
  sipMediaApplicationId: string;
  legs: { callId: string; tag: LegTag; from: string; to: string; state: 'ringing' | 'connected' | 'ended' }[];
}

interface Ruled {
  application: SipMediaApplication;
  numbers: ReadonlySet<string>;
  hostNames: ReadonlySet<string>;
  /** SIP rules have one trigger each: one rule for the numbers, one for the host names. */
  sipRuleIds: { number: string; hostName: string };
}

/** Makes a runtime with no applications yet. Throws `OptionError` for an option that does not exist. */
export function createSmaRuntime(settings: SmaRuntimeSettings): SmaRuntime {
  const { clock, random, network, region } = settings;
  const options = resolveOptions(settings.options);
  const quotas = quotasOf(options.quotas);
  const legCount = new LegCount(quotas.concurrentLegs);
  const createRate = new RateLimit(clock, quotas.createCallsPerSecond);
  const updateRate = new RateLimit(clock, quotas.updateCallsPerSecond);
  const applications = new Map<string, Ruled>();
  const transactions = new Map<string, Transaction>();
  const tell: OnTrace = entry => settings.onTrace?.(entry);

  const ruledFor = (number: string): Ruled | undefined =>
    [...applications.values()].find(({ numbers }) => numbers.has(withPlus(number)));

  const ruledForHost = (hostName: string): Ruled | undefined =>
    [...applications.values()].find(({ hostNames }) => hostNames.has(hostName.toLowerCase()));

  const surroundings = (sipMediaApplicationId: string): CallSurroundings => ({
    clock,
    random,
    options,
    media: settings.media ?? lineMedia(clock),
    audio: settings.audio,
    legCount,
    account: { AwsAccountId: settings.awsAccountId, AwsRegion: region },
    dial: (call, events) => {
      const { to } = call;
      const isOwn = to.kind === 'number' && ruledFor(to.number) !== undefined;
      return isOwn ? loopBack(clock, { ...call, to }, events, inbound) : network.dial(call, events);
    },
    ownsNumber: number => ruledFor(number) !== undefined,
    trace: (transactionId, entry) =>
      tell({ atMs: clock.now(), transactionId, sipMediaApplicationId, ...entry }),
    legMedia: report => settings.onLegMedia?.({ ...report, sipMediaApplicationId }),
    onBegin: transaction => transactions.set(transaction.transactionId, transaction),
    onOver: ({ transactionId }) => transactions.delete(transactionId),
  });

  function inbound(call: IncomingCall, line: Line): LineEvents | undefined {
    const { hostName } = call;
    const ruled = hostName === undefined ? ruledFor(call.to) : ruledForHost(hostName);
    if (ruled === undefined) return undefined;
    if (!legCount.enter()) {
      clock.after(0, () => line.hangUp(options.inboundOverQuotaSipCode));
      return { ringing() {}, answered() {}, digits() {}, ended() {} };
    }
    const { application, sipRuleIds } = ruled;
    return Transaction.inbound(
      surroundings(application.sipMediaApplicationId),
      application,
      hostName === undefined ? sipRuleIds.number : sipRuleIds.hostName,
      hostName === undefined ? { ...call, to: withPlus(call.to) } : call,
      line,
    ).farEnd;
  }

  function createCall(request: CreateCallRequest): CallAnswer {
    const { SipMediaApplicationId, FromPhoneNumber, ToPhoneNumber, SipHeaders, ArgumentsMap } = request;
    if (!createRate.admit()) throw new ServiceError('ThrottledClientException', 'Too Many Requests');
    checkCreateCall(request);
    const ruled = applications.get(SipMediaApplicationId);
    if (ruled === undefined) {
      throw new ServiceError(
        options.unknownApplicationStatus === 404 ? 'NotFoundException' : 'BadRequestException',
        `SIP media application ${SipMediaApplicationId} does not exist.`,
      );
    }
    if (ruledFor(FromPhoneNumber) === undefined) {
      throw new ServiceError(
        'BadRequestException',
        `FromPhoneNumber ${FromPhoneNumber} is not a phone number of this account.`,
      );
    }
    if (!legCount.enter()) {
      throw new ServiceError(
        'ResourceLimitExceededException',
        'The maximum number of concurrent calls has been reached.',
      );
    }
    const transaction = Transaction.outbound(
      surroundings(SipMediaApplicationId),
      ruled.application,
      { from: withPlus(FromPhoneNumber), to: withPlus(ToPhoneNumber), headers: wireHeaders(SipHeaders) },
      ArgumentsMap,
    );
    return answerFor(transaction.transactionId);
  }

  function updateCall(request: UpdateCallRequest): CallAnswer {
    if (!updateRate.admit()) throw new ServiceError('ThrottledClientException', 'Too Many Requests');
    checkUpdateCall(request);
    const transaction = transactions.get(request.TransactionId);
    const isOurs = transaction?.application.sipMediaApplicationId === request.SipMediaApplicationId;
    if (transaction === undefined || !isOurs || !transaction.isUp) {
      throw new ServiceError(
        'NotFoundException',
        `Call ${request.TransactionId} does not exist or has ended.`,
      );
    }
    transaction.update(request.Arguments);
    return answerFor(request.TransactionId);
  }

  /** Tells the trace of a request, whatever comes of it. */
  function traced<R extends CreateCallRequest | UpdateCallRequest>(
    operation: ApiTrace['operation'],
    run: (request: R) => CallAnswer,
  ): (request: R) => CallAnswer {
    return request => {
      const entry = {
        kind: 'api' as const,
        operation,
        sipMediaApplicationId: request.SipMediaApplicationId,
        request,
      };
      try {
        const answer = run(request);
        const transactionId = answer.SipMediaApplicationCall.TransactionId;
        tell({ atMs: clock.now(), ...entry, transactionId });
        return answer;
      } catch (error) {
        const { name, message } = error as Error;
        const named = 'TransactionId' in request ? { transactionId: request.TransactionId } : {};
        tell({ atMs: clock.now(), ...entry, ...named, error: { name, message } });
        throw error;
      }
    };
  }

  return {
    addApplication(application) {
      const { sipMediaApplicationId } = application;
      if (applications.has(sipMediaApplicationId)) {
        throw new Error(`SIP media application ${sipMediaApplicationId} was added before.`);
      }
      const numbers = new Set(application.numbers.map(withPlus));
      const taken = [...numbers].find(number => ruledFor(number) !== undefined);
      if (taken !== undefined) throw new Error(`${taken} belongs to another SIP media application already.`);
      const hostNames = new Set(application.hostNames?.map(hostName => hostName.toLowerCase()));
      const takenHost = [...hostNames].find(hostName => ruledForHost(hostName) !== undefined);
      if (takenHost !== undefined) {
        throw new Error(`${takenHost} belongs to another SIP media application already.`);
      }
      const sipRuleIds = { number: randomUuid(random), hostName: randomUuid(random) };
      applications.set(sipMediaApplicationId, { application, numbers, hostNames, sipRuleIds });
    },
    createCall: traced('CreateSipMediaApplicationCall', createCall),
    updateCall: traced('UpdateSipMediaApplicationCall', updateCall),
    inbound,
    get activeTransactions() {
      return [...transactions.values()]
        .filter(({ isUp }) => isUp)
        .map(({ transactionId, application, legs }) => ({
          transactionId,
          sipMediaApplicationId: application.sipMediaApplicationId,
          legs: legs.map(({ callId, tag, from, to, state }) => ({ callId, tag, from, to, state })),
        }));
    },
    close() {
      for (const transaction of [...transactions.values()]) transaction.close();
    },
  };
}

const answerFor = (TransactionId: string): CallAnswer => ({ SipMediaApplicationCall: { TransactionId } });
