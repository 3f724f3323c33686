import { readAttributes, text, whole } from '../../markup/attributes.ts';
import { MAX_SAY_CHARACTERS } from '../../markup/said.ts';
import { readSpeech } from '../../markup/speech.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';

export const SAY_ATTRIBUTES = {
  voice: text('woman'),
  language: text(undefined),
  loop: whole(CODE.say.loop, 1, [0, 999_999_999]),
} as const;

/** Text to speech. */
export const say: VerbReader = {
  read(element, reading) {
    const values = readAttributes(element, SAY_ATTRIBUTES, reading);
    return readSpeech(element, { ...values, maxCharacters: MAX_SAY_CHARACTERS, codes: CODE.say }, reading);
  },
};
