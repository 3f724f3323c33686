import type { NumberTarget } from '../../../core/verb.ts';
import { missing, pattern, readAttributes } from '../../markup/attributes.ts';
import { type Element, textOf } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { dialled } from '../../text.ts';
import { CODE } from './codes.ts';
import { nounAttributes, nounSettings } from './noun.ts';

export const NUMBER_ATTRIBUTES = {
  ...nounAttributes(CODE.number.method),
  sendDigits: pattern(CODE.number.sendDigits, /^[\dA-D*#wW]{1,500}$/, 'up to 500 of 0-9 A-D * # w W'),
  byoc: missing(CODE.schema, /^$/, 'has no effect: the routes of the account choose the trunk.'),
} as const;

/** Somebody to dial; undefined for what is no number, which is noted. */
export function readNumber(element: Element, reading: Reading): NumberTarget | undefined {
  const values = readAttributes(element, NUMBER_ATTRIBUTES, reading);
  const number = dialled(textOf(element));
  if (number === undefined) {
    reading.warn(CODE.number.number, element, NO_NUMBER);
    return undefined;
  }
  return {
    kind: 'number',
    number,
    ...nounSettings(element, values, reading),
    ...(values.sendDigits !== undefined && { sendDigits: values.sendDigits }),
  };
}

export const NO_NUMBER = 'there is no number in it, such as +12025550100; it is not dialled.';
