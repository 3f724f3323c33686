import type { Gather } from '../../../core/verb.ts';
import { type Attribute, flag, idle, missing, readAttributes, text, whole } from '../../markup/attributes.ts';
import { type Element, elementsOf, textOf } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { shown } from '../../text.ts';
import { CODE } from './codes.ts';
import { play } from './play.ts';
import { speak } from './speak.ts';
import { wait } from './wait.ts';
import { method, webTarget } from './web-target.ts';

export const MAX_GATHERED_DIGITS = 99;
export const MAX_GATHER_SECONDS = 600;
export const MAX_RETRIES = 100;

const KEYS = '0123456789*#';
const seconds = (otherwise: number) => whole(CODE.schema, otherwise, [1, MAX_GATHER_SECONDS], ' of seconds');

/** Keys that end an entry; `none` and nothing are no key. */
export const finishOnKey: Attribute<string> = {
  takes: 'one of 0-9 * #, or none',
  read: written => (/^(?:none)?$/i.test(written) ? '' : /^[\d*#]$/.test(written) ? written : undefined),
  otherwise: '#',
};

export const GET_DIGITS_ATTRIBUTES = {
  action: text(''),
  method: method(CODE.actionMethod),
  redirect: flag(CODE.schema, true),
  timeout: seconds(5),
  digitTimeout: seconds(2),
  finishOnKey,
  numDigits: whole(CODE.schema, MAX_GATHERED_DIGITS, [1, MAX_GATHERED_DIGITS]),
  retries: whole(CODE.schema, 1, [1, MAX_RETRIES]),
  validDigits: {
    takes: `some of ${KEYS}`,
    read: written => (/^[\d*#]+$/.test(written) ? written : undefined),
    otherwise: KEYS,
  } satisfies Attribute<string> as Attribute<string>,
  invalidDigitsSound: text(''),
  playBeep: missing(CODE.notSupported, /^(?:false)?$/i, 'has no effect: no beep is heard before the keys.'),
  log: idle,
} as const;

const PROMPTS: Readonly<Record<string, VerbReader>> = { Speak: speak, Play: play, Wait: wait };

/** Takes keys; the first of them ends the prompts in it. Without any in the end, the next element follows. */
export const getDigits: VerbReader = {
  read(element, reading): Gather {
    const values = readAttributes(element, GET_DIGITS_ATTRIBUTES, reading);
    const { invalidDigitsSound: sound } = values;
    return {
      verb: 'Gather',
      prompts: readPrompts(element, reading),
      firstKeyTimeoutSeconds: values.timeout,
      nextKeyTimeoutSeconds: values.digitTimeout,
      finishOnKeys: values.finishOnKey,
      maxDigits: values.numDigits,
      ...(values.validDigits !== KEYS && { validKeys: values.validDigits }),
      ...(sound !== '' && {
        invalid: { verb: 'Play', url: reading.resolve(element, 'invalidDigitsSound', sound), loop: 1 },
      }),
      tries: values.retries,
      ...(values.action !== '' && {
        action: webTarget(element, ['action', values.action, CODE.actionUrl], values.method, reading),
      }),
      onNothing: 'continue',
      answer: values.redirect ? 'document' : 'notice',
    };
  },
};

/** What is heard meanwhile. */
export function readPrompts(element: Element, reading: Reading): Gather['prompts'] {
  if (textOf(element) !== '') reading.warn(CODE.schema, element, 'its text is ignored: say it with a Speak.');
  return elementsOf(element).flatMap(child => {
    const reader = Object.hasOwn(PROMPTS, child.name) ? PROMPTS[child.name] : undefined;
    if (reader === undefined) {
      throw reading.refusal(
        CODE.schema,
        child,
        `only ${Object.keys(PROMPTS).join(', ')} can stand in it, not ${shown(child.name)}.`,
      );
    }
    const prompt = reader.read(child, reading) as Gather['prompts'][number] | undefined;
    return prompt === undefined ? [] : [prompt];
  });
}
