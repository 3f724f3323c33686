import { isAll, TOKEN } from '../grammar/characters.ts';
import { SipInjectionError } from '../grammar/errors.ts';

/** What ends a line or passes for its end, by its code. */
const lineEnds: Readonly<Record<number, string>> = { 0: 'NUL', 10: 'LF', 13: 'CR' };
const LAST_LINE_END = 13;

/** Whether the character at `index` is the second of a quoted-pair (RFC 3261 §25.1), and no backslash itself is. */
export function isEscaped(text: string, index: number): boolean {
  let from = index;
  while (text[from - 1] === '\\') from -= 1;
  return (index - from) % 2 === 1;
}

/** Where the first character stands that could end the line that a text is going to stand in, or -1. */
function lineEndIn(text: string, from = 0): number {
  for (let index = from; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code <= LAST_LINE_END && lineEnds[code] !== undefined) return index;
  }
  return -1;
}

/** Gives `value` back, or refuses it if it could end the line it is going to stand in. */
export function guardValue(value: string, where: string): string {
  const index = lineEndIn(value);
  if (index >= 0) throw new SipInjectionError(where, foundAt(value, index));
  return value;
}

/**
 * Refuses the value of the header `name` if it could end its line. A quoted string may have a NUL that is escaped
 * (RFC 4475 §3.1.1.2): what was read can be written again.
 */
export function guardHeader(value: string, name: string): void {
  for (let index = lineEndIn(value); index >= 0; index = lineEndIn(value, index + 1)) {
    if (value[index] === '\0' && isEscaped(value, index)) continue;
    throw new SipInjectionError(`The value of ${name}`, foundAt(value, index));
  }
}

const foundAt = (text: string, index: number): string => lineEnds[text.charCodeAt(index)] as string;

/** Gives `token` back, or refuses it if it is no token (RFC 3261 §25.1). */
export function guardToken(token: string, where: string): string {
  if (isAll(TOKEN, token)) return token;
  guardValue(token, where);
  throw new SipInjectionError(where, token === '' ? 'nothing' : 'characters outside a token');
}
