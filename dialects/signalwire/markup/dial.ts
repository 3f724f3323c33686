import { E164 } from '../../../core/destination.ts';
import {
  DEFAULT_TIME_LIMIT_SECONDS,
  MAX_DIAL_TARGETS,
  MAX_RING_TIMEOUT_SECONDS,
} from '../../../core/limits.ts';
import { RING_TONE_NAMES, type RingToneName } from '../../../core/ring-tone.ts';
import type { SipTarget } from '../../../core/sip-target.ts';
import type { Dial, DialTarget, NumberTarget } from '../../../core/verb.ts';
import {
  flag,
  idle,
  method,
  missing,
  pattern,
  readAttributes,
  text,
  type ValuesOf,
  whole,
  word,
} from '../../markup/attributes.ts';
import { type Element, elementsOf, textOf } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { dialled, shown } from '../../text.ts';
import { readClient } from './client.ts';
import { CODE } from './codes.ts';
import { readNumber } from './number.ts';
import { readSip } from './sip.ts';

export const MAX_SIP_CALLER_ID_CHARACTERS = 64;

const USUAL_RING_TONE: RingToneName = 'us';

const DIAL_ATTRIBUTES = {
  action: text(undefined),
  method: method(CODE.dial.method),
  timeout: whole(CODE.dial.timeout, 30, [5, 600], ' of seconds'),
  timeLimit: whole(
    CODE.dial.timeLimit,
    DEFAULT_TIME_LIMIT_SECONDS,
    [1, DEFAULT_TIME_LIMIT_SECONDS],
    ' of seconds',
  ),
  /** What it takes depends on whom the Dial rings. */
  callerId: text(''),
  hangupOnStar: flag(CODE.dial.hangupOnStar, false),
  answerOnBridge: flag(CODE.dial.answerOnBridge, false),
  sequential: flag(CODE.dial.sequential, false),
  record: missing(
    CODE.dial.record,
    /^(?:|false|do-not-record)$/,
    'has no effect: recording is not there yet, and the call is not recorded.',
  ),
  recordingTrack: idle,
  recordingStatusCallback: idle,
  recordingStatusCallbackMethod: idle,
  recordingStatusCallbackEvent: idle,
  recordingStorageUrl: idle,
  recordingStorageUrlMethod: idle,
  trim: idle,
  ringTone: word<RingToneName | ''>(CODE.dial.ringTone, '', RING_TONE_NAMES),
  callerName: pattern(CODE.schema, /^[\w .-]{0,70}$/, 'up to 70 letters, digits and spaces'),
  referUrl: text(''),
  referMethod: method(CODE.dial.method),
  events: idle,
  callReason: idle,
  recordingConfigurationId: idle,
  passports: idle,
} as const;

/** Nouns of the platforms that are not there; dialling the rest without them is not what was asked for. */
const NOUNS_NOT_YET = new Set(['Conference', 'Queue', 'Application', 'WhatsApp', 'Sim']);

/** Those that can stand beside each other. SignalWire says Verto for what Twilio calls a Client. */
const NOUNS: Readonly<Record<string, (noun: Element, reading: Reading) => DialTarget | undefined>> = {
  Number: readNumber,
  Client: readClient,
  Verto: readClient,
};

/** Rings them all at once, or one after the other, and joins the first that answers with the caller. */
export const dial: VerbReader = {
  read(element, reading): Dial {
    const values = readAttributes(element, DIAL_ATTRIBUTES, reading);
    const sip = readSipTargets(element, reading);
    if (sip.length > 0) return dialSip(element, values, sip, reading);
    const targets = readTargets(element, reading);
    if (targets.every(({ kind }) => kind === 'client')) assertSipName(element, values.callerId, reading);
    else assertNumber(element, values.callerId, reading);
    if (values.callerName && targets.every(({ kind }) => kind === 'number'))
      reading.warn(
        CODE.schema,
        element,
        'callerName has no effect on the telephone network, which carries no names.',
      );
    if (values.timeout > MAX_RING_TIMEOUT_SECONDS) {
      reading.warn(
        CODE.dial.timeout,
        element,
        `timeout is ${values.timeout}, but nobody is rung for more than ${MAX_RING_TIMEOUT_SECONDS} seconds.`,
      );
    }
    return {
      verb: 'Dial',
      targets,
      ...commonOf(element, values, reading),
    };
  },
  leaves: verb => verb.verb === 'Dial' && verb.action !== undefined,
};

/** SIP addresses are dialled with nothing else beside them. */
function readSipTargets(element: Element, reading: Reading): SipTarget[] {
  const nouns = elementsOf(element);
  const sip = nouns.filter(({ name }) => name === 'Sip');
  const other = nouns.find(({ name }) => name !== 'Sip');
  if (sip.length === 0) return [];
  if (other !== undefined || textOf(element) !== '') {
    throw reading.refusal(CODE.dial.nested, other ?? element, 'nothing else can be dialled beside a Sip.');
  }
  if (sip.length > MAX_DIAL_TARGETS) {
    throw reading.refusal(
      CODE.sip.tooMany,
      element,
      `at most ${MAX_DIAL_TARGETS} Sip can be dialled at once.`,
    );
  }
  return sip.map(noun => readSip(noun, reading));
}

function dialSip(
  element: Element,
  values: ValuesOf<typeof DIAL_ATTRIBUTES>,
  targets: SipTarget[],
  reading: Reading,
): Dial {
  assertSipName(element, values.callerId, reading);
  return { verb: 'Dial', targets, ...commonOf(element, values, reading) };
}

/** The network lets a caller hear ringing who waits to be answered; one that was answered would hear nothing. */
function ringbackOf({ ringTone, answerOnBridge }: ValuesOf<typeof DIAL_ATTRIBUTES>) {
  const heard = ringTone === '' && !answerOnBridge ? USUAL_RING_TONE : ringTone;
  return heard === '' ? {} : { ringback: { ringTone: heard } };
}

/** What a Dial says, whoever it rings. */
function commonOf(element: Element, values: ValuesOf<typeof DIAL_ATTRIBUTES>, reading: Reading) {
  return {
    ...(values.callerId && { callerId: values.callerId.replace(/^client:/, '') }),
    ...(values.callerName && { callerName: values.callerName }),
    order: values.sequential ? 'in-turn' : 'together',
    ...(!values.answerOnBridge && { answerFirst: true as const }),
    timeoutSeconds: values.timeout,
    timeLimitSeconds: values.timeLimit,
    hangupOnStar: values.hangupOnStar,
    ...ringbackOf(values),
    ...(values.action !== undefined && {
      action: { url: reading.resolve(element, 'action', values.action), method: values.method },
    }),
    ...(values.referUrl !== '' && {
      refer: { url: reading.resolve(element, 'referUrl', values.referUrl), method: values.referMethod },
    }),
    answer: 'document',
    afterwards: 'continue',
  } as const;
}

/** Towards the telephone network; what stood in for another one would show the callee what the document meant to hide. */
function assertNumber(element: Element, callerId: string, reading: Reading): void {
  if (callerId === '' || E164.test(callerId)) return;
  throw reading.refusal(
    CODE.dial.callerId,
    element,
    `callerId is "${shown(callerId)}", but takes one of your numbers in E.164 form.`,
  );
}

/** Towards SIP it becomes the user part of From. Twilio writes `client:` before the name of a client. */
function assertSipName(element: Element, written: string, reading: Reading): void {
  const callerId = written.replace(/^client:/, '');
  if (callerId.length > MAX_SIP_CALLER_ID_CHARACTERS) {
    throw reading.refusal(
      CODE.sip.callerIdLength,
      element,
      `callerId is longer than ${MAX_SIP_CALLER_ID_CHARACTERS} characters.`,
    );
  }
  if (/^[A-Za-z\d+\-_.,]*$/.test(callerId)) return;
  throw reading.refusal(
    CODE.sip.callerId,
    element,
    `callerId is "${shown(callerId)}", but takes letters, digits and +-_., without spaces.`,
  );
}

function readTargets(element: Element, reading: Reading): DialTarget[] {
  const nouns = elementsOf(element);
  const loose = textOf(element);
  if (nouns.length === 0) return [plainTarget(element, loose, reading)];
  if (loose !== '') reading.warn(CODE.dial.nested, element, 'its text is ignored, as it has nouns.');

  const targets = nouns.flatMap(noun => readNoun(element, noun, reading) ?? []);
  if (targets.length === 0) {
    throw reading.refusal(
      CODE.number.number,
      element,
      'there is nobody to dial in it: give a Number in E.164 form, or a Client.',
    );
  }
  if (targets.length > MAX_DIAL_TARGETS) {
    reading.warn(CODE.dial.nested, element, `only its first ${MAX_DIAL_TARGETS} nouns are dialled.`);
  }
  return targets.slice(0, MAX_DIAL_TARGETS);
}

/** Undefined for one that is left out, which is noted. */
function readNoun(element: Element, noun: Element, reading: Reading): DialTarget | undefined {
  if (NOUNS_NOT_YET.has(noun.name)) {
    throw reading.refusal(
      CODE.notSupported,
      noun,
      'is not there yet: numbers, clients and SIP addresses can be dialled.',
    );
  }
  if (Object.hasOwn(NOUNS, noun.name)) return NOUNS[noun.name]?.(noun, reading);
  reading.warn(CODE.dial.nested, element, `there is no noun ${shown(noun.name)}; it is ignored.`);
  return undefined;
}

/** Text in a Dial is as good as one Number. */
function plainTarget(element: Element, written: string, reading: Reading): NumberTarget {
  const number = dialled(written);
  if (number !== undefined) return { kind: 'number', number };
  throw reading.refusal(
    CODE.number.number,
    element,
    `"${shown(written)}" is no number, such as +12025550100.`,
  );
}
