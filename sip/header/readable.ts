import { SipParseError } from '../message/errors.ts';
import type { Headers } from '../message/headers.ts';
import type { HeaderType } from './type.ts';

/**
 * The first value of a header, or `undefined` where it is absent or does not follow its grammar: for responses,
 * which nobody can refuse, and headers without which they still make sense.
 */
export function readable<T>(headers: Headers, type: HeaderType<T>): T | undefined {
  return readableList(headers, type)[0];
}

/** All values of a header, or none where one of them does not follow its grammar. */
export function readableList<T>(headers: Headers, type: HeaderType<T>): readonly T[] {
  try {
    return headers.readAll(type);
  } catch (error) {
    if (error instanceof SipParseError) return [];
    throw error;
  }
}
