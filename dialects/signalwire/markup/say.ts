import type { Say } from '../../../core/verb.ts';
import { readAttributes, text, whole } from '../../markup/attributes.ts';
import { textOf } from '../../markup/element.ts';
import { MAX_SAY_CHARACTERS, plainParts } from '../../markup/said.ts';
import { ssmlParts } from '../../markup/ssml.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { voiceOf } from '../../markup/voices.ts';
import { CODE } from './codes.ts';

export const SAY_ATTRIBUTES = {
  voice: text('woman'),
  language: text(undefined),
  loop: whole(CODE.say.loop, 1, [0, 999_999_999]),
} as const;

/** Text to speech, with speech markup where it has any. */
export const say: VerbReader = {
  read(element, reading) {
    const { voice: wanted, language, loop } = readAttributes(element, SAY_ATTRIBUTES, reading);
    const { voice, complaint } = voiceOf(wanted, language);
    if (complaint !== undefined) reading.warn(CODE.say.voice, element, `${complaint}.`);

    const marked = element.children.some(child => typeof child !== 'string');
    const { parts, tooLong } = marked
      ? ssmlParts(element, reading, {
          neural: voice.engine === 'neural',
          budget: MAX_SAY_CHARACTERS,
          code: CODE.say.text,
        })
      : plainParts(textOf(element));
    if (parts.join('').trim() === '') {
      reading.warn(CODE.say.text, element, 'there is nothing to say; it is skipped.');
      return undefined;
    }
    if (tooLong) {
      reading.warn(CODE.say.length, element, `only the first ${MAX_SAY_CHARACTERS} characters are said.`);
    }
    return {
      verb: 'Say',
      parts,
      ...(marked && { ssml: true as const }),
      ...voice,
      loop,
    } satisfies Say;
  },
};
