/**
 * What can be set on the runtime: every point where Amazon's behaviour is unknown, or known from observation only,
 * with the default that the runtime takes. One table: the types, the tool's `--option`, and docs/sma-runtime.md follow it.
 */
import {
  DEFAULT_QUOTA_CONCURRENT_LEGS,
  DEFAULT_QUOTA_CREATE_CALLS_PER_SECOND,
  DEFAULT_QUOTA_UPDATE_CALLS_PER_SECOND,
  MAX_TRANSACTION_ATTRIBUTES,
  MAX_TRANSACTION_ATTRIBUTES_BYTES,
  UNANSWERED_LIMIT_MS,
} from './contract/limits.ts';

/** What is known of Amazon's service at that point. */
export type Knowledge = 'documented' | 'observed' | 'conflicting' | 'unknown';

export interface OptionRow<T> {
  default: T;
  /** One sentence: what it does. */
  says: string;
  /** How sure it is that the default is what Amazon's service does. */
  service: Knowledge;
  /** The only values that it takes, where it is a word. */
  values?: readonly T[];
}

export interface Quotas {
  /** Legs up at once in the account: a bridge counts as 2. */
  concurrentLegs: number;
  createCallsPerSecond: number;
  updateCallsPerSecond: number;
}

export type QuotaSetting = 'default' | 'none' | Partial<Quotas>;
export type RetryMode = 'every-5-s' | 'once' | 'none';
export type RouteFailOver = 'server-errors' | 'none';
export type UnknownParameters = 'fail' | 'ignore';

const row = <T>(options: OptionRow<T>): OptionRow<T> => options;

export const SMA_OPTIONS = {
  /** Attempts at one event while no answer comes. */
  retryMode: row<RetryMode>({
    default: 'every-5-s',
    values: ['every-5-s', 'once', 'none'],
    says: 'How an event that is not answered within 5 s is sent again: at 5, 10 and 15 s, at 5 s only, or not; the first answer wins and 20 s is the end.',
    service: 'unknown',
  }),
  /** HANGUP after the handler failed for good (E2). */
  hangupEventOnTimeout: row<boolean>({
    default: false,
    says: 'Sends HANGUP (480) for each leg when the service ends a call because the handler did not answer.',
    service: 'unknown',
  }),
  /** `Actions: []` to an event in the middle of a list (E3). */
  emptyClearsList: row<boolean>({
    default: false,
    says: 'An empty action list drops the rest of the list that is running, instead of letting it go on.',
    service: 'conflicting',
  }),
  /** When ACTION_SUCCESSFUL is sent (E4). */
  strictDocEvents: row<boolean>({
    default: false,
    says: 'Sends one ACTION_SUCCESSFUL when a whole list is done, and none of those that result-bearing actions send in its middle.',
    service: 'conflicting',
  }),
  /** Whether an update cuts a Speak (E5). */
  speakInterruptible: row<boolean>({
    default: true,
    says: 'UpdateSipMediaApplicationCall cuts a Speak that is being heard.',
    service: 'observed',
  }),
  /** An update's Hangup while LEG-B rings (§5.4). */
  hangupCutsDialling: row<boolean>({
    default: false,
    says: 'An update whose first action is Hangup cuts whatever runs, even a CallAndBridge that still rings, instead of waiting for its outcome.',
    service: 'unknown',
  }),
  /** Time that an inbound call rings with no action running (E7). */
  unansweredLimitMs: row<number>({
    default: UNANSWERED_LIMIT_MS,
    says: 'An inbound call that is not answered and runs no action is refused with 480 after this.',
    service: 'documented',
  }),
  /** RingbackTone towards a LEG-A that is not answered (E9). */
  ringbackAnswers: row<boolean>({
    default: false,
    says: 'A RingbackTone answers an unanswered LEG-A, instead of being early media (183).',
    service: 'unknown',
  }),
  /** For tests of a handler only (E10). */
  exposeSipCause: row<boolean>({
    default: false,
    says: "Adds the SIP code of LEG-B to a failed CallAndBridge as `SipResponseCode`, which Amazon's service does not do.",
    service: 'documented',
  }),
  /** What the runtime alone can tell (E10). */
  exposeLegMedia: row<boolean>({
    default: false,
    says: "Adds what was measured of a leg with sound to its HANGUP as `LegMedia`, which Amazon's service does not do.",
    service: 'documented',
  }),
  /** ErrorType when a gather ends without valid digits (E16). */
  digitsErrorType: row<string>({
    default: 'InvalidDigitsReceived',
    says: 'ErrorType of a gather that ended without valid digits.',
    service: 'observed',
  }),
  /** How many TransactionAttributes a call may have (E17). */
  attributeLimit: row<number>({
    default: MAX_TRANSACTION_ATTRIBUTES,
    says: 'Pairs of TransactionAttributes that are accepted; the text of the error names the older limit of 10.',
    service: 'conflicting',
  }),
  /** How large TransactionAttributes may be (E17). */
  attributeBytes: row<number>({
    default: MAX_TRANSACTION_ATTRIBUTES_BYTES,
    says: 'Bytes of TransactionAttributes, as JSON, that are accepted.',
    service: 'documented',
  }),
  /** Limits of the account (E21). */
  quotas: row<QuotaSetting>({
    default: 'default',
    says: `Account limits: "default" is ${DEFAULT_QUOTA_CONCURRENT_LEGS} legs at once, ${DEFAULT_QUOTA_CREATE_CALLS_PER_SECOND} new call/s and ${DEFAULT_QUOTA_UPDATE_CALLS_PER_SECOND} updates/s; "none"; or any of {concurrentLegs, createCallsPerSecond, updateCallsPerSecond}.`,
    service: 'documented',
  }),
  /** What a caller gets when the account has too many legs up (E21). */
  inboundOverQuotaSipCode: row<number>({
    default: 503,
    says: 'SIP code for an inbound call over the concurrent-legs quota.',
    service: 'unknown',
  }),
  /** Whether ReceiveDigits listens once (E22). */
  receiveDigitsOneShot: row<boolean>({
    default: false,
    says: 'ReceiveDigits stops listening after its first DIGITS_RECEIVED.',
    service: 'unknown',
  }),
  /** An `Answer` action (E24). */
  allowAnswer: row<boolean>({
    default: false,
    says: 'Takes an action named `Answer`, which answers LEG-A and does nothing else; it is not documented.',
    service: 'unknown',
  }),
  /** Answer of the API to an application that does not exist (E26). */
  unknownApplicationStatus: row<400 | 404>({
    default: 400,
    values: [400, 404],
    says: 'HTTP status of CreateSipMediaApplicationCall for an application that does not exist.',
    service: 'unknown',
  }),
  /** When parameters are checked (E29). */
  validateOnReceive: row<boolean>({
    default: false,
    says: 'Checks the parameters of a whole list when it arrives, instead of each when its action starts.',
    service: 'unknown',
  }),
  /** Parameter names that the service does not document. */
  unknownParameters: row<UnknownParameters>({
    default: 'fail',
    values: ['fail', 'ignore'],
    says: "Fails an action that has a parameter of an unknown name, so that a handler's mistake shows; Amazon's service is known to drop some.",
    service: 'unknown',
  }),
  /** How long a call placed by API rings. */
  carrierRingLimitMs: row<number>({
    default: 60_000,
    says: 'A call placed by API that nobody answers ends with 480 after this.',
    service: 'unknown',
  }),
  /** HANGUP code of a call by API that the handler hangs up while it rings. */
  cancelledDialSipCode: row<number>({
    default: 487,
    says: 'SipResponseCode in HANGUP when the handler hangs up a LEG-A that it placed and that still rings.',
    service: 'unknown',
  }),
  /** What the caller gets from a Hangup without a code before the answer. */
  unansweredHangupSipCode: row<number>({
    default: 480,
    says: 'Final SIP response that an unanswered caller gets when the handler hangs up with SipResponseCode 0.',
    service: 'unknown',
  }),
  /** Whether NEW_OUTBOUND_CALL holds the call up. */
  dialBeforeHandlerAnswers: row<boolean>({
    default: true,
    says: 'A call placed by API is dialled at once, not only when NEW_OUTBOUND_CALL has been answered.',
    service: 'unknown',
  }),
  /** A route of a Voice Connector that does not answer. */
  routeTimeoutMs: row<number>({
    default: 4_000,
    says: 'A route of a Voice Connector from which no response at all has come after this is given up, and the next one is tried.',
    service: 'unknown',
  }),
  /** A route of a Voice Connector that refuses. */
  routeFailOver: row<RouteFailOver>({
    default: 'server-errors',
    values: ['server-errors', 'none'],
    says: 'Which refusals of a route of a Voice Connector make it try the next one: 408 and every 5xx, or none.',
    service: 'unknown',
  }),
  /** Failure prompt of a gather that has used up its attempts. */
  failureAudioAfterLastAttempt: row<boolean>({
    default: true,
    says: 'The failure prompt of a gather is played after the last failed attempt too.',
    service: 'unknown',
  }),
  /** Speed of simulated speech. */
  speechCharactersPerSecond: row<number>({
    default: 15,
    says: 'How fast simulated speech is spoken; SSML breaks come on top.',
    service: 'unknown',
  }),
} as const;

/** All options with their values; `SMA_OPTIONS` says what each means. */
export type SmaOptions = { [Name in keyof typeof SMA_OPTIONS]: (typeof SMA_OPTIONS)[Name]['default'] };
export type SmaOptionName = keyof typeof SMA_OPTIONS;

export const DEFAULT_OPTIONS = Object.fromEntries(
  Object.entries(SMA_OPTIONS).map(([name, option]) => [name, option.default]),
) as SmaOptions;

/** The options that were given over the defaults. Throws on a name that does not exist or a value of the wrong kind. */
export function resolveOptions(given: Partial<SmaOptions> = {}): SmaOptions {
  for (const [name, value] of Object.entries(given)) checkOption(name, value);
  return { ...DEFAULT_OPTIONS, ...given };
}

/** Reads `name=value` as the tool gets it: true, false, numbers and JSON objects as such, everything else as a word. */
export function parseOption(text: string): Partial<SmaOptions> {
  const at = text.indexOf('=');
  if (at < 1) throw new OptionError(`--option wants name=value, and got "${text}".`);
  const name = text.slice(0, at);
  const word = text.slice(at + 1);
  let value: unknown = word;
  if (/^(true|false|\d+(\.\d+)?|\{.*\})$/.test(word)) {
    try {
      value = JSON.parse(word);
    } catch (cause) {
      throw new OptionError(`The value of option ${name} is not JSON: ${word}`, { cause });
    }
  }
  checkOption(name, value);
  return { [name]: value };
}

/** An option that does not exist, or has a value that it cannot have. */
export class OptionError extends Error {
  override name = 'OptionError';
}

function checkOption(name: string, value: unknown): void {
  if (!Object.hasOwn(SMA_OPTIONS, name)) {
    throw new OptionError(
      `There is no option "${name}". The options are: ${Object.keys(SMA_OPTIONS).join(', ')}.`,
    );
  }
  const option: OptionRow<unknown> = SMA_OPTIONS[name as SmaOptionName];
  if (name === 'quotas') {
    checkQuotas(value);
    return;
  }
  if (option.values !== undefined && !option.values.includes(value)) {
    throw new OptionError(`Option ${name} is one of ${option.values.join(', ')}; it was ${show(value)}.`);
  }
  const wanted = typeof option.default;
  if (typeof value !== wanted || (wanted === 'number' && !((value as number) > 0))) {
    throw new OptionError(`Option ${name} is ${NOUNS[wanted] ?? wanted}; it was ${show(value)}.`);
  }
}

const NOUNS: Record<string, string> = {
  number: 'a number above 0',
  boolean: 'true or false',
  string: 'a word',
};

function checkQuotas(value: unknown): void {
  if (value === 'default' || value === 'none') return;
  const known: (keyof Quotas)[] = ['concurrentLegs', 'createCallsPerSecond', 'updateCallsPerSecond'];
  const fits =
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(
      ([key, limit]) => (known as string[]).includes(key) && typeof limit === 'number' && limit > 0,
    );
  if (!fits) {
    throw new OptionError(
      `Option quotas is "default", "none" or an object with any of ${known.join(', ')}; it was ${show(value)}.`,
    );
  }
}

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);
