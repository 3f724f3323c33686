import { readAttributes, text, whole } from '../../markup/attributes.ts';
import { MAX_SAY_CHARACTERS } from '../../markup/said.ts';
import { readSpeech } from '../../markup/speech.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';

/** The platform's own codes of languages, where they are not those that everybody uses; there is no Greek voice. */
export const LANGUAGES: Readonly<Record<string, string>> = {
  bf: 'fr-BE',
  bp: 'pt-BR',
  cf: 'fr-CA',
  dan: 'da-DK',
  el: 'en',
  pt: 'pt-PT',
};

export const SAY_ATTRIBUTES = {
  voice: text('man'),
  language: text('en'),
  loop: whole(CODE.say.loop, 1, [0, 999_999_999]),
} as const;

/** Text to speech. */
export const say: VerbReader = {
  read(element, reading) {
    const { voice, language, loop } = readAttributes(element, SAY_ATTRIBUTES, reading);
    const code = language.trim().toLowerCase();
    return readSpeech(
      element,
      {
        voice: voice.trim(),
        language: Object.hasOwn(LANGUAGES, code) ? LANGUAGES[code] : code,
        loop,
        maxCharacters: MAX_SAY_CHARACTERS,
        codes: CODE.say,
      },
      reading,
    );
  },
};
