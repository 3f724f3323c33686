import type { HeaderInit } from '../message/create.ts';
import type { HeaderValue } from '../message/headers.ts';

/** Headers in either shape as pairs, to be put together with others. */
export function pairs(
  headers: HeaderInit | undefined,
): (readonly [name: string, value: HeaderValue | readonly HeaderValue[]])[] {
  if (headers === undefined) return [];
  return Symbol.iterator in headers ? [...headers] : Object.entries(headers);
}
