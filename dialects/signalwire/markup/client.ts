import { CLIENT_NAME } from '../../../core/client.ts';
import type { ClientTarget } from '../../../core/verb.ts';
import { readAttributes, text } from '../../markup/attributes.ts';
import { type Element, elementsOf, textOf } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { readHeaders } from '../../markup/sip-address.ts';
import { CODE } from './codes.ts';
import { API_VERSION_HEADER, IDENTIFIED_BY, nounAttributes, nounSettings } from './noun.ts';
import { HEADER_RULES } from './sip-uri.ts';

export const CLIENT_ATTRIBUTES = nounAttributes(CODE.sip.method);
const PARAMETER_ATTRIBUTES = { name: text(''), value: text('') } as const;

/**
 * A client of the account's: `alice`, or `alice@space.verto.signalwire.com` as SignalWire writes it, or an `<Identity>` with
 * `<Parameter>`s beside it as Twilio does. Undefined for what names none, which is noted.
 */
export function readClient(element: Element, reading: Reading): ClientTarget | undefined {
  const values = readAttributes(element, CLIENT_ATTRIBUTES, reading);
  const identity = elementsOf(element).find(({ name }) => name === 'Identity');
  const name = textOf(identity ?? element).replace(/^client:|@.*$/gi, '');
  if (!CLIENT_NAME.test(name)) {
    reading.warn(
      CODE.schema,
      element,
      'there is no name of a client in it: up to 64 letters, digits, dots, hyphens and underscores; it is not dialled.',
    );
    return undefined;
  }
  return {
    kind: 'client',
    name,
    headers: [API_VERSION_HEADER, ...parametersOf(element, reading)],
    identifiedBy: IDENTIFIED_BY,
    ...nounSettings(element, values, reading),
  };
}

/** What the client is told besides: headers of its INVITE. */
function parametersOf(element: Element, reading: Reading): ClientTarget['headers'] {
  const pairs = elementsOf(element)
    .filter(({ name }) => name === 'Parameter')
    .map(child => readAttributes(child, PARAMETER_ATTRIBUTES, reading))
    .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return readHeaders(element, pairs.join('&'), reading, HEADER_RULES);
}
