import { isAll, PARAM_VALUE, TOKEN } from './characters.ts';
import { unfold } from './space.ts';

/** What a quoted-string says: without its quotes, escapes resolved, folds as one space (§25.1, §7.3.1). */
export function unquote(raw: string): string {
  if (raw.charCodeAt(0) !== 34) return raw;
  const inner = raw.slice(1, -1);
  if (!inner.includes('\\') && !inner.includes('\r')) return inner;
  return unfold(inner).replace(/\\([\s\S])/g, '$1');
}

/** `text` as a quoted-string. Only escaped may a NUL stand in one. */
export const quote = (text: string): string => `"${text.replace(/["\\\0]/g, '\\$&')}"`;

/** `text` as a parameter value: bare where it is a token or a host, else quoted. */
export const quoteIfNeeded = (text: string): string =>
  isAll(TOKEN, text) || isAll(PARAM_VALUE, text) ? text : quote(text);
