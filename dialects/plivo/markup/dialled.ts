/** Whom a Dial rings. */
import type { Parameters, StatusCallback, WebTarget } from '../../../core/call.ts';
import { isDialled } from '../../../core/number-pattern.ts';
import type { SipTarget } from '../../../core/sip-target.ts';
import { readSipUri } from '../../../core/sip-uri.ts';
import type { ClientTarget, NumberTarget, Screening } from '../../../core/verb.ts';
import { idle, missing, pattern, readAttributes, text } from '../../markup/attributes.ts';
import { type Element, textOf } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { shown } from '../../text.ts';
import { endpointOf } from '../addresses.ts';
import { dialled } from '../numbers.ts';
import { CODE } from './codes.ts';
import { headersIn, merged } from './headers.ts';

export const MAX_SEND_DIGITS = 500;
export const MIN_SIP_PASSWORD_CHARACTERS = 8;
export const MAX_SIP_PASSWORD_CHARACTERS = 128;

/** What the Dial says of all that it rings. */
export interface OfDial {
  headers: Parameters;
  callback?: WebTarget;
  screening?: Screening;
}

const OF_THE_DIAL = 'has no effect: the one of the Dial is shown to everybody.';
const COMMON = {
  sendDigits: pattern(
    CODE.schema,
    new RegExp(`^[\\d*#wW]{1,${MAX_SEND_DIGITS}}$`),
    `up to ${MAX_SEND_DIGITS} of 0-9 * # w W`,
  ),
  sendOnPreanswer: missing(
    CODE.notSupported,
    /^(?:false)?$/i,
    'has no effect: digits are pressed once the callee has answered.',
  ),
  callerId: missing(CODE.notSupported, /^$/, OF_THE_DIAL),
  callerName: missing(CODE.notSupported, /^$/, OF_THE_DIAL),
  sipHeaders: text(''),
} as const;

export const NUMBER_ATTRIBUTES = { ...COMMON, sendDigitsMode: idle } as const;

const credential = (min: number, max: number) =>
  pattern(CODE.schema, new RegExp(`^[^\\p{C}]{${min},${max}}$`, 'u'), `${min} to ${max} characters`, true);

export const USER_ATTRIBUTES = {
  ...COMMON,
  sipAuthUsername: credential(1, MAX_SIP_PASSWORD_CHARACTERS),
  sipAuthPassword: credential(MIN_SIP_PASSWORD_CHARACTERS, MAX_SIP_PASSWORD_CHARACTERS),
} as const;

/** A number in E.164 form, with or without its plus, or what a route of the account takes. */
export function readNumber(element: Element, ofDial: OfDial, reading: Reading): NumberTarget {
  const values = readAttributes(element, NUMBER_ATTRIBUTES, reading);
  const number = dialled(textOf(element));
  if (!isDialled(number)) {
    throw reading.refusal(
      CODE.schema,
      element,
      `"${shown(number)}" is no number in E.164 form, such as 12025550100.`,
    );
  }
  return { kind: 'number', number, ...common(element, values, ofDial, reading) };
}

/** A SIP address, or at the platform's own domain a client of the account. */
export function readUser(element: Element, ofDial: OfDial, reading: Reading): SipTarget | ClientTarget {
  const values = readAttributes(element, USER_ATTRIBUTES, reading);
  const written = textOf(element);
  const read = readSipUri(written);
  // The text itself is not repeated: it may hold a password.
  if ('fault' in read) throw reading.refusal(CODE.schema, element, `its address ${read.fault}.`);
  const { sipAuthUsername: username, sipAuthPassword: password } = values;
  if ((username === undefined) !== (password === undefined))
    throw reading.refusal(CODE.schema, element, 'sipAuthUsername and sipAuthPassword go together.');
  const shared = common(element, values, ofDial, reading);
  const name = endpointOf(read.uri);
  if (name !== undefined) return { kind: 'client', name, ...shared };
  return {
    kind: 'sip',
    uri: read.uri,
    transport: read.transport ?? 'udp',
    codecs: ['PCMU', 'PCMA'],
    ...shared,
    headers: merged(read.headers, shared.headers),
    ...(username !== undefined &&
      password !== undefined && { credentials: { username, password: { clear: password } } }),
  };
}

function common(
  element: Element,
  values: { sipHeaders: string; sendDigits: string | undefined },
  { headers: ofDial, callback, screening }: OfDial,
  reading: Reading,
) {
  const headers = merged(ofDial, headersIn(element, values.sipHeaders, reading));
  return {
    headers,
    ...(values.sendDigits !== undefined && { sendDigits: values.sendDigits }),
    ...(screening && { screening }),
    ...(callback && { callback: told(callback, headers) }),
  };
}

/** The requests about one that is dialled: its answer, the moment at which it is joined, keys that are watched, its end. */
function told(callback: WebTarget, headers: Parameters): StatusCallback {
  return {
    ...callback,
    events: ['answered', 'joined', 'digits', 'completed'],
    ...(headers.length > 0 && { parameters: headers }),
  };
}
