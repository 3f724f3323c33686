import type { Say } from '../../../core/verb.ts';
import { readAttributes, text, whole } from '../../markup/attributes.ts';
import { type Element, textOf } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { MAX_SAY_CHARACTERS, plainParts } from '../../markup/said.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { voiceOf } from '../../markup/voices.ts';
import { CODE } from './codes.ts';

/** The platform's own codes of languages, where they are not those that everybody uses; there is no Greek voice. */
export const LANGUAGES: Readonly<Record<string, string>> = {
  bf: 'fr-BE',
  bp: 'pt-BR',
  cf: 'fr-CA',
  cs: 'cs-CZ',
  dan: 'da-DK',
  el: 'en',
  pt: 'pt-PT',
};

export const SAY_ATTRIBUTES = {
  voice: text('man'),
  language: text('en'),
  loop: whole(CODE.say.loop, 1, [0, 999_999_999]),
} as const;

/** Text to speech. Elements in it are not spoken. */
export const say: VerbReader = {
  read(element, reading): Say | undefined {
    const { voice, language, loop } = readAttributes(element, SAY_ATTRIBUTES, reading);
    const said = textOf(element);
    if (said === '') {
      reading.warn(CODE.schema, element, 'there is nothing to say; it is skipped.');
      return undefined;
    }
    return { ...spoken(said, element, reading), ...speaker(voice, language, element, reading), loop };
  },
};

function speaker(voice: string, language: string, element: Element, reading: Reading) {
  const { voice: found, complaint } = voiceOf(
    voice.trim(),
    LANGUAGES[language.trim().toLowerCase()] ?? language,
  );
  if (complaint !== undefined) reading.warn(CODE.say.voice, element, `${complaint}.`);
  return found;
}

function spoken(said: string, element: Element, reading: Reading): Pick<Say, 'verb' | 'parts'> {
  const { parts, tooLong } = plainParts(said);
  if (tooLong) {
    reading.warn(CODE.schema, element, `only the first ${MAX_SAY_CHARACTERS} characters are said.`);
  }
  return { verb: 'Say', parts };
}
