/** Text to speech, with speech markup where it has any. */
import type { Say } from '../../core/verb.ts';
import { type Element, textOf } from './element.ts';
import type { Reading } from './reading.ts';
import { plainParts } from './said.ts';
import { ssmlParts } from './ssml.ts';
import { voiceOf } from './voices.ts';

export interface SpeechRules {
  /** As `voiceOf` takes them. */
  voice: string;
  language: string | undefined;
  /** 0 = until the call ends. */
  loop: number;
  maxCharacters: number;
  /** The dialect's numbers: of voices and languages, of markup and missing text, of too long a text. */
  codes: { voice: number; text: number; length: number };
}

/** What an element says; undefined when there is nothing to say, which is noted. */
export function readSpeech(element: Element, rules: SpeechRules, reading: Reading): Say | undefined {
  const { maxCharacters, codes, loop } = rules;
  const { voice, complaint } = voiceOf(rules.voice, rules.language);
  if (complaint !== undefined) reading.warn(codes.voice, element, `${complaint}.`);

  const marked = element.children.some(child => typeof child !== 'string');
  const { parts, tooLong } = marked
    ? ssmlParts(element, reading, {
        neural: voice.engine === 'neural',
        budget: maxCharacters,
        code: codes.text,
      })
    : plainParts(textOf(element), maxCharacters);
  if (parts.join('').trim() === '') {
    reading.warn(codes.text, element, 'there is nothing to say; it is skipped.');
    return undefined;
  }
  if (tooLong) reading.warn(codes.length, element, `only the first ${maxCharacters} characters are said.`);
  return { verb: 'Say', parts, ...(marked && { ssml: true as const }), ...voice, loop };
}
