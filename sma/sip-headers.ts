/** Which SIP headers pass between an application and an INVITE (developer guide, "SIP headers"). */
import { MAX_SIP_HEADER_CHARACTERS, MAX_SIP_HEADERS } from './contract/limits.ts';

/** RFC 3261 §25.1 `token`. */
const TOKEN = /^[-.!%*_+`'~A-Za-z0-9]+$/;
const LINE_BREAK = /[\r\n\0]/;
const STANDARD_NAMES = ['user-to-user', 'diversion'];
const RESERVED_PREFIXES = ['x-amzn', 'x-vine', 'x-vc', 'x-canary', 'x-voice'];

/** May an application send or see a header of this name? */
export function isPassedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  if (STANDARD_NAMES.includes(lower)) return true;
  return (
    lower.startsWith('x-') && TOKEN.test(name) && !RESERVED_PREFIXES.some(prefix => lower.startsWith(prefix))
  );
}

/** The name of the first header that the service refuses, or undefined. */
export function refusedHeader(headers: unknown): string | undefined {
  if (headers === undefined || headers === null) return undefined;
  if (typeof headers !== 'object' || Array.isArray(headers)) return String(headers);
  const entries = Object.entries(headers);
  for (const [at, [name, value]] of entries.entries()) {
    const fits =
      at < MAX_SIP_HEADERS &&
      isPassedHeader(name) &&
      typeof value === 'string' &&
      value.length <= MAX_SIP_HEADER_CHARACTERS &&
      !LINE_BREAK.test(value);
    if (!fits) return name;
  }
  return undefined;
}

/** Names as the service writes them on the wire: `X-LexInfo` goes out as `X-Lexinfo`. */
export function wireHeaders(headers: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [wireName(name), value]));
}

/** What an event shows of an incoming INVITE's headers; undefined when that is nothing. */
export function shownHeaders(
  headers: Record<string, string> | undefined,
): Record<string, string> | undefined {
  const shown = Object.entries(headers ?? {}).filter(([name]) => isPassedHeader(name));
  return shown.length === 0 ? undefined : Object.fromEntries(shown);
}

const wireName = (name: string): string =>
  name
    .split('-')
    .map(part => part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase())
    .join('-');
