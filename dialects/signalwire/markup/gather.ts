import type { Gather } from '../../../core/verb.ts';
import {
  type Attribute,
  flag,
  idle,
  method,
  needed,
  readAttributes,
  text,
  whole,
} from '../../markup/attributes.ts';
import { textOf } from '../../markup/element.ts';
import { readPrompts } from '../../markup/prompts.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';
import { pause } from './pause.ts';
import { play } from './play.ts';
import { say } from './say.ts';

/** Keys of one entry; the platforms name no limit, and nobody presses more. */
export const MAX_GATHERED_DIGITS = 128;
export const MAX_GATHER_SECONDS = 600;

const KEYS = '0123456789*#';
const speechOnly: Attribute<null> = idle;

export const GATHER_ATTRIBUTES = {
  input: needed(
    CODE.gather.input,
    /^(?:|dtmf)$/,
    'asks for speech, which nobody can recognize here yet: take keys with input="dtmf".',
  ),
  action: text(undefined),
  method: method(CODE.gather.method),
  timeout: whole(CODE.gather.timeout, 5, [0, MAX_GATHER_SECONDS], ' of seconds'),
  finishOnKey: {
    takes: `some of ${KEYS}, or nothing`,
    read: written => ([...written].every(key => KEYS.includes(key)) ? written : undefined),
    otherwise: '#',
    code: CODE.gather.finishOnKey,
  } satisfies Attribute<string> as Attribute<string>,
  numDigits: whole(CODE.gather.numDigits, MAX_GATHERED_DIGITS, [1, MAX_GATHERED_DIGITS]),
  actionOnEmptyResult: flag(CODE.gather.actionOnEmptyResult, false),
  speechTimeout: speechOnly,
  hints: speechOnly,
  language: speechOnly,
  profanityFilter: speechOnly,
  enhanced: speechOnly,
  speechModel: speechOnly,
  partialResultCallback: speechOnly,
  partialResultCallbackMethod: speechOnly,
  maxSpeechTime: speechOnly,
  bargeIn: idle,
} as const;

const PROMPTS: Readonly<Record<string, VerbReader>> = { Say: say, Play: play, Pause: pause };

/** Takes keys; the first of them ends the prompts in it. Without an action its document is asked anew. */
export const gather: VerbReader = {
  read(element, reading): Gather {
    const values = readAttributes(element, GATHER_ATTRIBUTES, reading);
    const url = values.action === undefined ? reading.url : reading.resolve(element, 'action', values.action);
    if (textOf(element) !== '')
      reading.warn(CODE.gather.nested, element, 'its text is ignored: say it with a Say.');
    return {
      verb: 'Gather',
      prompts: readPrompts(element, PROMPTS, CODE.gather.nested, reading),
      firstKeyTimeoutSeconds: values.timeout,
      nextKeyTimeoutSeconds: values.timeout,
      finishOnKeys: values.finishOnKey,
      maxDigits: values.numDigits,
      tries: 1,
      ...(url !== undefined && { action: { url, method: values.method } }),
      onNothing: values.actionOnEmptyResult ? 'ask' : 'continue',
      answer: 'document',
    };
  },
};
