import type { WatchedKeys } from '../../../core/verb.ts';
import { pattern } from '../../markup/attributes.ts';
import type { Element } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { CODE } from './codes.ts';
import type { DialValues } from './dial.ts';

export const MAX_KEY_SEQUENCES = 20;
export const MAX_KEYS_OF_A_SEQUENCE = 16;

const SEQUENCE = `\\s*[\\d*#]{1,${MAX_KEYS_OF_A_SEQUENCE}}\\s*`;

/** `digitsMatch` and `digitsMatchBLeg`: sequences with commas between them. */
export const KEY_SEQUENCES = pattern(
  CODE.schema,
  new RegExp(`^${SEQUENCE}(?:,${SEQUENCE}){0,${MAX_KEY_SEQUENCES - 1}}$`),
  `up to ${MAX_KEY_SEQUENCES} sequences of up to ${MAX_KEYS_OF_A_SEQUENCE} of 0-9 * # with commas between them`,
);

/** Undefined where nothing is watched, or nobody would be told. */
export function readWatchedKeys(
  element: Element,
  { digitsMatch, digitsMatchBLeg, callbackUrl }: DialValues,
  reading: Reading,
): WatchedKeys | undefined {
  if (digitsMatch === undefined && digitsMatchBLeg === undefined) return undefined;
  if (callbackUrl === '') {
    reading.warn(
      CODE.schema,
      element,
      'digitsMatch has no effect without a callbackUrl, which is told of each match.',
    );
    return undefined;
  }
  return {
    ...(digitsMatch !== undefined && { caller: sequences(digitsMatch) }),
    ...(digitsMatchBLeg !== undefined && { callee: sequences(digitsMatchBLeg) }),
  };
}

const sequences = (written: string): string[] => [...new Set(written.split(',').map(each => each.trim()))];
