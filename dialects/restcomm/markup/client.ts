import { CLIENT_NAME } from '../../../core/client.ts';
import type { ClientTarget } from '../../../core/verb.ts';
import { readAttributes } from '../../markup/attributes.ts';
import { type Element, textOf } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { halves, readHeaders } from '../../markup/sip-address.ts';
import { CODE } from './codes.ts';
import { ADDRESS_RULES, API_VERSION_HEADER, IDENTIFIED_BY, NOUN_ATTRIBUTES, nounSettings } from './noun.ts';

/** A client of the account's by its name. Throws DocumentError. */
export function readClient(noun: Element, reading: Reading): ClientTarget {
  const values = readAttributes(noun, NOUN_ATTRIBUTES, reading);
  return { ...clientTarget(noun, textOf(noun), reading), ...nounSettings(noun, values, reading) };
}

/** `alice` or `client:alice`, and perhaps headers after a question mark. Throws DocumentError. */
export function clientTarget(element: Element, written: string, reading: Reading): ClientTarget {
  const [address, query] = halves(written);
  const name = address.trim().replace(/^client:/i, '');
  if (!CLIENT_NAME.test(name)) {
    throw reading.refusal(
      CODE.dial.leg,
      element,
      'there is no name of a client in it: up to 64 letters, digits, dots, hyphens and underscores.',
    );
  }
  return {
    kind: 'client',
    name,
    headers: [API_VERSION_HEADER, ...readHeaders(element, query, reading, ADDRESS_RULES)],
    identifiedBy: IDENTIFIED_BY,
  };
}
