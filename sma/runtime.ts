/**
 * The SMA runtime: what Amazon's SIP media applications do, at the same wire contract (events in, actions out).
 * A handler written for one runs on the other unchanged.
 */
import type { Clock } from './clock.ts';
import type { CallAnswer, CreateCallRequest, UpdateCallRequest } from './contract/api.ts';
import type { SmaEvent } from './contract/event.ts';
import type { IncomingCall, Line, LineEvents, PhoneNetwork } from './network/phone-network.ts';
import type { SmaOptions } from './options.ts';
import type { Random } from './random.ts';
import type { OnTrace } from './trace.ts';

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
  options?: Partial<SmaOptions>;
  onTrace?: OnTrace;
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
}

export interface SmaRuntime {
  addApplication(application: SipMediaApplication): void;
  /** CreateSipMediaApplicationCall. Throws `ServiceError`. */
  createCall(request: CreateCallRequest): CallAnswer;
  /** UpdateSipMediaApplicationCall. Throws `ServiceError`. */
  updateCall(request: UpdateCallRequest): CallAnswer;
  /** A call from outside. Undefined when no application has the number; the line is then untouched. */
  inbound(call: IncomingCall, line: Line): LineEvents | undefined;
  /** Transactions that have a leg up. */
  readonly activeTransactions: ActiveTransaction[];
  /** Ends every call at once, without a word to the handlers. */
  close(): void;
}

export interface ActiveTransaction {
  transactionId: string;
  sipMediaApplicationId: string;
  legs: {
    callId: string;
    tag: 'LEG-A' | 'LEG-B';
    from: string;
    to: string;
    state: 'ringing' | 'connected';
  }[];
}

/** Makes a runtime with no applications yet. */
export function createSmaRuntime(_settings: SmaRuntimeSettings): SmaRuntime {
  throw new Error('not built yet');
}
