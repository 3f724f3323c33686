import type { SipTarget } from '../../../core/sip-target.ts';
import { pattern, readAttributes } from '../../markup/attributes.ts';
import { type Element, textOf } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { readSipAddress } from '../../markup/sip-address.ts';
import { CODE } from './codes.ts';
import { ADDRESS_RULES, API_VERSION_HEADER, IDENTIFIED_BY, NOUN_ATTRIBUTES, nounSettings } from './noun.ts';

export const MAX_CREDENTIAL_CHARACTERS = 255;

const credential = pattern(
  CODE.dial.leg,
  new RegExp(`^[^\\u0000-\\u001f\\u007f]{0,${MAX_CREDENTIAL_CHARACTERS}}$`),
  `up to ${MAX_CREDENTIAL_CHARACTERS} characters`,
  true,
);

export const SIP_ATTRIBUTES = { ...NOUN_ATTRIBUTES, username: credential, password: credential } as const;

/** A SIP address to dial. Throws DocumentError for one that cannot be dialled as it was asked for. */
export function readSip(noun: Element, reading: Reading): SipTarget {
  const values = readAttributes(noun, SIP_ATTRIBUTES, reading);
  const { username = '', password = '' } = values;
  // A user without a password cannot answer a challenge, so it is called like anybody else.
  const credentials = username !== '' && password !== '' && { username, password: { clear: password } };
  return {
    ...sipTarget(noun, textOf(noun), reading),
    ...(credentials && { credentials }),
    ...nounSettings(noun, values, reading),
  };
}

/** An address without anything that only attributes can say. Throws DocumentError. */
export function sipTarget(element: Element, written: string, reading: Reading): SipTarget {
  const { uri, transport, headers } = readSipAddress(element, written, reading, ADDRESS_RULES);
  return {
    kind: 'sip',
    uri,
    transport,
    headers: [API_VERSION_HEADER, ...headers],
    identifiedBy: IDENTIFIED_BY,
    codecs: ['PCMU', 'PCMA'],
  };
}
