import type { NumberTarget } from '../../../core/verb.ts';
import { pattern, readAttributes } from '../../markup/attributes.ts';
import { type Element, textOf } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { halves, readHeaders } from '../../markup/sip-address.ts';
import { dialled, shown } from '../../text.ts';
import { CODE } from './codes.ts';
import { ADDRESS_RULES, API_VERSION_HEADER, IDENTIFIED_BY, NOUN_ATTRIBUTES, nounSettings } from './noun.ts';

export const MAX_SEND_DIGITS_CHARACTERS = 500;

export const NUMBER_ATTRIBUTES = {
  ...NOUN_ATTRIBUTES,
  sendDigits: pattern(
    CODE.schema,
    new RegExp(`^[\\dA-D*#wW]{1,${MAX_SEND_DIGITS_CHARACTERS}}$`),
    `up to ${MAX_SEND_DIGITS_CHARACTERS} of 0-9 A-D * # w W`,
  ),
} as const;

/** A number to dial: E.164, or what one of the account's routes takes. Throws DocumentError. */
export function readNumber(noun: Element, reading: Reading): NumberTarget {
  const values = readAttributes(noun, NUMBER_ATTRIBUTES, reading);
  return {
    ...numberTarget(noun, textOf(noun), reading),
    ...(values.sendDigits !== undefined && { sendDigits: values.sendDigits }),
    ...nounSettings(noun, values, reading),
  };
}

/** A number, and perhaps headers after a question mark. Throws DocumentError. */
export function numberTarget(element: Element, written: string, reading: Reading): NumberTarget {
  const [address, query] = halves(written);
  const number = dialled(address);
  if (number === undefined) {
    throw reading.refusal(CODE.dial.leg, element, `"${shown(address)}" is no number that can be dialled.`);
  }
  return {
    kind: 'number',
    number,
    headers: [API_VERSION_HEADER, ...readHeaders(element, query, reading, ADDRESS_RULES)],
    identifiedBy: IDENTIFIED_BY,
  };
}
