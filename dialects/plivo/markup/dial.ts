import type { Parameters } from '../../../core/call.ts';
import { MAX_DIAL_TARGETS, MAX_RING_TIMEOUT_SECONDS } from '../../../core/limits.ts';
import type { Dial, DialTarget } from '../../../core/verb.ts';
import {
  flag,
  needed,
  pattern,
  readAttributes,
  text,
  type ValuesOf,
  whole,
} from '../../markup/attributes.ts';
import { type Element, elementsOf, textOf } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { shown } from '../../text.ts';
import { dialled } from '../numbers.ts';
import { CODE } from './codes.ts';
import { readNumber, readUser } from './dialled.ts';
import { headersIn } from './headers.ts';
import { KEY_SEQUENCES, readWatchedKeys } from './key-sequences.ts';
import { readScreening } from './screening.ts';
import { method, webTarget } from './web-target.ts';

export const MAX_TIME_LIMIT_SECONDS = 86_400;
const DEFAULT_TIME_LIMIT_SECONDS = 14_400;

export const DIAL_ATTRIBUTES = {
  action: text(''),
  method: method(CODE.actionMethod),
  redirect: flag(CODE.schema, true),
  timeout: whole(CODE.schema, MAX_RING_TIMEOUT_SECONDS, [1, 999_999_999], ' of seconds'),
  timeLimit: whole(CODE.schema, DEFAULT_TIME_LIMIT_SECONDS, [1, 999_999_999], ' of seconds'),
  callerId: pattern(CODE.schema, /^[A-Za-z\d+\-_.]{0,64}$/, 'a number in E.164 form or a SIP user', true),
  callerName: pattern(CODE.schema, /^[^\p{C}"\\]{0,50}$/u, 'up to 50 characters'),
  hangupOnStar: flag(CODE.schema, false),
  callbackUrl: text(''),
  callbackMethod: method(CODE.schema),
  confirmSound: text(''),
  confirmKey: pattern(CODE.schema, /^[\d*#]?$/, 'one of 0-9 * #', true),
  confirmTimeout: whole(CODE.schema, 120, [1, 600], ' of seconds'),
  dialMusic: text(''),
  digitsMatch: KEY_SEQUENCES,
  digitsMatchBLeg: KEY_SEQUENCES,
  sipHeaders: text(''),
  callType: needed(CODE.notSupported, /^(?:voice)?$/, 'can be voice only.'),
} as const;

export type DialValues = ValuesOf<typeof DIAL_ATTRIBUTES>;

/** No document: the caller hears what the voice service lets be heard of the ringing. */
const REAL_RINGING = /^(?:real|none)?$/;

/** Rings everybody in it at once, and joins the first that answers with the caller. */
export const dial: VerbReader = {
  read(element, reading): Dial {
    const values = readAttributes(element, DIAL_ATTRIBUTES, reading);
    const headers = headersIn(element, values.sipHeaders, reading);
    if (values.timeout > MAX_RING_TIMEOUT_SECONDS) {
      reading.warn(
        CODE.schema,
        element,
        `timeout is ${values.timeout}, but nobody is rung for more than ${MAX_RING_TIMEOUT_SECONDS} seconds.`,
      );
    }
    const watchedKeys = readWatchedKeys(element, values, reading);
    return {
      verb: 'Dial',
      order: 'together',
      targets: readTargets(element, values, headers, reading),
      ...(values.callerId && { callerId: dialled(values.callerId) }),
      ...(values.callerName ? { callerName: values.callerName } : { showsCallersName: true as const }),
      timeoutSeconds: values.timeout,
      timeLimitSeconds: Math.min(values.timeLimit, MAX_TIME_LIMIT_SECONDS),
      hangupOnStar: values.hangupOnStar,
      ...(!REAL_RINGING.test(values.dialMusic) && {
        ringback: webTarget(element, ['dialMusic', values.dialMusic, CODE.schema], 'POST', reading),
      }),
      ...(watchedKeys && { watchedKeys }),
      ...(values.action !== '' && {
        action: {
          ...webTarget(element, ['action', values.action, CODE.actionUrl], values.method, reading),
          ...(headers.length > 0 && { parameters: headers }),
        },
      }),
      answer: values.redirect ? 'document' : 'notice',
      afterwards: 'continue',
    };
  },
  leaves: verb => verb.verb === 'Dial' && verb.action !== undefined && verb.answer === 'document',
};

const NOUNS = { Number: readNumber, User: readUser } as const;

function readTargets(
  element: Element,
  values: DialValues,
  headers: Parameters,
  reading: Reading,
): DialTarget[] {
  const screening = readScreening(element, values, reading);
  const callback =
    values.callbackUrl === ''
      ? undefined
      : webTarget(element, ['callbackUrl', values.callbackUrl, CODE.schema], values.callbackMethod, reading);
  const common = { headers, ...(screening && { screening }), ...(callback && { callback }) };
  if (textOf(element) !== '')
    reading.warn(CODE.schema, element, 'its text is ignored: write a Number or a User.');
  const targets = elementsOf(element).map(noun => {
    const read = Object.hasOwn(NOUNS, noun.name) ? NOUNS[noun.name as keyof typeof NOUNS] : undefined;
    if (read !== undefined) return read(noun, common, reading);
    throw reading.refusal(
      CODE.schema,
      { ...noun, name: shown(noun.name) },
      'only Number and User can stand in a Dial.',
    );
  });
  if (targets.length === 0)
    throw reading.refusal(CODE.schema, element, 'there is nobody to dial in it: give a Number or a User.');
  if (targets.length > MAX_DIAL_TARGETS)
    throw reading.refusal(CODE.schema, element, `at most ${MAX_DIAL_TARGETS} can be dialled at once.`);
  return targets;
}
