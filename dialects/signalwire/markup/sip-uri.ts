/** The text of a `<Sip>`. */
import type { Element } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { type AddressRules, readSipAddress } from '../../markup/sip-address.ts';
import { CODE } from './codes.ts';

/** Of headers after an address, and of a client's parameters. */
export const HEADER_RULES: AddressRules = {
  codes: CODE.sip,
  transport: 'tls',
  reserved: /^x-(?:twilio|dialplane)/i,
  plain: new Set([
    'user-to-user',
    'remote-party-id',
    'p-preferred-identity',
    'p-asserted-identity',
    'p-called-party-id',
    'privacy',
    'diversion',
  ]),
  valueless: 'send',
  tooLong: 'leave-out',
};

/** TLS unless the URI says otherwise. Throws DocumentError for what cannot be dialled; notes headers that it drops. */
export const readSipUri = (element: Element, text: string, reading: Reading) =>
  readSipAddress(element, text, reading, HEADER_RULES);
