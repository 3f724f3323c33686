import { isAll, TOKEN } from '../grammar/characters.ts';
import { SipInjectionError } from '../grammar/errors.ts';

/** What ends a line or passes for its end, by its code. */
const lineEnds: Readonly<Record<number, string>> = { 0: 'NUL', 10: 'LF', 13: 'CR' };
const LAST_LINE_END = 13;

/** The first that a text contains of what could end the line it is going to stand in. */
function lineEndIn(text: string): string | undefined {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code <= LAST_LINE_END && lineEnds[code] !== undefined) return lineEnds[code];
  }
  return undefined;
}

/** Gives `value` back, or refuses it if it could end the line it is going to stand in. */
export function guardValue(value: string, where: string): string {
  const found = lineEndIn(value);
  if (found !== undefined) throw new SipInjectionError(where, found);
  return value;
}

/** Refuses the value of the header `name` if it could end its line. */
export function guardHeader(value: string, name: string): void {
  const found = lineEndIn(value);
  if (found !== undefined) throw new SipInjectionError(`The value of ${name}`, found);
}

/** Gives `token` back, or refuses it if it is no token (RFC 3261 §25.1). */
export function guardToken(token: string, where: string): string {
  if (isAll(TOKEN, token)) return token;
  guardValue(token, where);
  throw new SipInjectionError(where, token === '' ? 'nothing' : 'characters outside a token');
}
