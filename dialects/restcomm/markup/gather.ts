import type { Gather } from '../../../core/verb.ts';
import {
  type Attribute,
  flag,
  idle,
  method,
  missing,
  readAttributes,
  text,
  whole,
} from '../../markup/attributes.ts';
import { readPrompts } from '../../markup/prompts.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';
import { pause } from './pause.ts';
import { promptPlay } from './play.ts';
import { say } from './say.ts';

/** Keys of one entry; the platform names no limit, and nobody presses more. */
export const MAX_GATHERED_DIGITS = 128;
export const MAX_GATHER_SECONDS = 600;

const keys = (code: number, otherwise: string): Attribute<string> => ({
  takes: 'some of 0-9, * and #',
  read: written => (/^[\d*#]*$/.test(written.trim()) ? written.trim() : undefined),
  otherwise,
  code,
});

const seconds: Attribute<number | undefined> = {
  ...whole(CODE.gather.timeout, 0, [1, MAX_GATHER_SECONDS], ' of seconds'),
  otherwise: undefined,
};

export const GATHER_ATTRIBUTES = {
  action: text(''),
  method: method(CODE.schema),
  actionOnEmptyResult: flag(CODE.schema, false),
  timeout: whole(CODE.gather.timeout, 5, [1, MAX_GATHER_SECONDS], ' of seconds'),
  preTimeout: seconds,
  postTimeout: seconds,
  finishOnKey: keys(CODE.gather.finishOnKey, '#'),
  startInputKey: keys(CODE.gather.startInputKey, ''),
  numDigits: whole(CODE.gather.numDigits, MAX_GATHERED_DIGITS, [1, MAX_GATHERED_DIGITS]),
  input: missing(
    CODE.notSupported,
    /^(?:|dtmf)$/,
    'asks for speech, which nobody can recognize here yet; keys are taken.',
  ),
  partialResultCallback: idle,
  partialResultCallbackMethod: idle,
  language: idle,
  hints: idle,
} as const;

const PROMPTS: Readonly<Record<string, VerbReader>> = { Say: say, Play: promptPlay, Pause: pause };

/** Takes keys; the first of them ends the prompts in it. Without an action its document is asked anew. */
export const gather: VerbReader = {
  read(element, reading): Gather {
    const values = readAttributes(element, GATHER_ATTRIBUTES, reading);
    const url = values.action.trim() === '' ? reading.url : reading.resolve(element, 'action', values.action);
    return {
      verb: 'Gather',
      prompts: readPrompts(element, PROMPTS, CODE.schema, reading),
      firstKeyTimeoutSeconds: values.preTimeout ?? values.timeout,
      nextKeyTimeoutSeconds: values.postTimeout ?? values.timeout,
      finishOnKeys: values.finishOnKey,
      ...(values.startInputKey !== '' && { startKeys: values.startInputKey }),
      maxDigits: values.numDigits,
      tries: 1,
      ...(url !== undefined && { action: { url, method: values.method } }),
      onNothing: values.actionOnEmptyResult ? 'ask' : 'continue',
      answer: 'document',
    };
  },
};
