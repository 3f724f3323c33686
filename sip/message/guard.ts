import { isAll, TOKEN } from '../grammar/characters.ts';
import { SipInjectionError } from '../grammar/errors.ts';

const names: Readonly<Record<string, string>> = { '\r': 'CR', '\n': 'LF', '\0': 'NUL' };

const endsLines = /[\r\n\0]/;

/** Gives `value` back, or refuses it if it could end the line it is going to stand in. */
export function guardValue(value: string, where: string): string {
  if (!endsLines.test(value)) return value;
  const [found = ''] = endsLines.exec(value) ?? [];
  throw new SipInjectionError(where, names[found] as string);
}

/** Gives `token` back, or refuses it if it is no token (RFC 3261 §25.1). */
export function guardToken(token: string, where: string): string {
  guardValue(token, where);
  if (!isAll(TOKEN, token))
    throw new SipInjectionError(where, token === '' ? 'nothing' : 'characters outside a token');
  return token;
}
