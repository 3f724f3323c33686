import { trimSpace } from '../grammar/space.ts';

/**
 * Splits a header field value at the commas that stand outside quotes and angle brackets (RFC 3261 §7.3.1). Never
 * fails: what is malformed stays in one piece for the typed reader to judge.
 */
export function splitValues(text: string): string[] {
  if (!text.includes(',')) return text === '' ? [] : [text];
  const values: string[] = [];
  let start = 0;
  let quoted = false;
  let bracketed = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (quoted) {
      if (character === '\\') index += 1;
      else if (character === '"') quoted = false;
    } else if (bracketed) bracketed = character !== '>';
    else if (character === '"') quoted = true;
    else if (character === '<') bracketed = true;
    else if (character === ',') {
      values.push(trimSpace(text.slice(start, index)));
      start = index + 1;
    }
  }
  values.push(trimSpace(text.slice(start)));
  return values.filter(value => value !== '');
}
