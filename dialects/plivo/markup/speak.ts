import { readAttributes, text, whole } from '../../markup/attributes.ts';
import { readSpeech } from '../../markup/speech.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';

export const MAX_SPEAK_CHARACTERS = 3_000;
/** 0 = until the call ends. */
export const LOOP = whole(CODE.schema, 1, [0, 999_999_999]);
export const SPEAK_ATTRIBUTES = { voice: text('WOMAN'), language: text('en-US'), loop: LOOP } as const;

const CODES = { voice: CODE.schema, text: CODE.schema, length: CODE.schema };

/** `WOMAN` and `MAN` as they are called elsewhere; any other voice is Polly's. */
export const knownVoice = (voice: string): string =>
  /^(?:wo)?man$/i.test(voice) ? voice.toLowerCase() : voice;

/** Text to speech: `WOMAN` and `MAN` of a language, or a voice of Amazon Polly by its name. */
export const speak: VerbReader = {
  read(element, reading) {
    const { voice, language, loop } = readAttributes(element, SPEAK_ATTRIBUTES, reading);
    return readSpeech(
      element,
      { voice: knownVoice(voice), language, loop, maxCharacters: MAX_SPEAK_CHARACTERS, codes: CODES },
      reading,
    );
  },
};
