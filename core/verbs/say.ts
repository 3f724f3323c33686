import type { Action } from '../../sma/contract/action.ts';
import { MAX_SPEAK_CHARACTERS } from '../../sma/contract/limits.ts';
import type { Turn } from '../turn.ts';
import type { Say } from '../verb.ts';
import type { VerbDefinition } from './definition.ts';

const SPEAK_OPEN = '<speak>';
const SPEAK_CLOSE = '</speak>';

/** Text to speech. A text longer than one Speak takes is cut where a sentence, or at least a word, ends. */
export const say: VerbDefinition<'Say'> = {
  answers: true,
  start: (verb, turn) => ({ actions: speak(verb, turn), times: verb.loop }),
};

function speak(verb: Say, turn: Turn): Action[] {
  const texts = verb.ssml
    ? pack(verb.parts, MAX_SPEAK_CHARACTERS - SPEAK_OPEN.length - SPEAK_CLOSE.length).map(
        text => SPEAK_OPEN + text + SPEAK_CLOSE,
      )
    : pack(verb.parts, MAX_SPEAK_CHARACTERS);
  return texts.map(Text => ({
    Type: 'Speak',
    Parameters: {
      ...(turn.session.legA !== undefined && { CallId: turn.session.legA }),
      Text,
      TextType: verb.ssml ? 'ssml' : 'text',
      ...(verb.voiceId !== undefined && { VoiceId: verb.voiceId }),
      ...(verb.engine !== undefined && { Engine: verb.engine }),
      ...(verb.languageCode !== undefined && { LanguageCode: verb.languageCode }),
    },
  }));
}

/** Puts parts together into as few texts of at most `limit` characters as their order allows. */
export function pack(parts: readonly string[], limit: number): string[] {
  const texts: string[] = [];
  let text = '';
  for (const piece of parts.flatMap(part => cut(part, limit))) {
    if (text.length + piece.length > limit) {
      texts.push(text);
      text = '';
    }
    text += piece;
  }
  return [...texts, text].map(each => each.trim()).filter(each => each !== '');
}

/** Cuts a text into pieces of at most `limit`: after a sentence if one ends late enough, else after a word. */
function cut(text: string, limit: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const head = rest.slice(0, limit);
    const sentence = Math.max(head.lastIndexOf('. '), head.lastIndexOf('! '), head.lastIndexOf('? ')) + 1;
    const word = head.lastIndexOf(' ');
    const at = sentence > limit / 2 ? sentence : word > 0 ? word : wholeCharacters(head);
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return [...pieces, rest];
}

/** The length of a text without half a surrogate pair at its end. */
function wholeCharacters(text: string): number {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
}
