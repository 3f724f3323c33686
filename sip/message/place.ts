import { encodeText } from '../grammar/text.ts';
import type { Place } from './errors.ts';

/** The place of the character at `index` of `text`, a message head that began at byte `start` of its message. */
export function placeOf(text: string, index: number, start = 0): Place {
  const before = text.slice(0, index);
  const lineStart = before.lastIndexOf('\n') + 1;
  return {
    offset: start + encodeText(before).length,
    line: before.split('\n').length,
    column: index - lineStart + 1,
  };
}
