/** SIP addresses as Plivo's users write them. */
import { CLIENT_NAME } from '../../core/client.ts';
import { clientOf } from '../../core/resolve-destination.ts';
import { withoutPlus } from './numbers.ts';

/** Where Plivo's endpoints live: whoever is dialled there is a client of the account. */
export const ENDPOINT_DOMAIN = 'phone.plivo.com';

/** `alice` of `sip:alice@phone.plivo.com`; undefined for any other address. */
export function endpointOf(uri: string): string | undefined {
  const [, name = '', host = ''] = /^sips?:([^@;?]+)@([^:;?]+)/i.exec(uri) ?? [];
  return host.toLowerCase() === ENDPOINT_DOMAIN && CLIENT_NAME.test(name) ? name : undefined;
}

export const endpointUri = (name: string): string => `sip:${name}@${ENDPOINT_DOMAIN}`;

/** An address as requests and resources tell it: numbers without their plus, clients by their address. */
export function shownAddress(text: string): string {
  const client = clientOf(text);
  return client === undefined ? withoutPlus(text) : endpointUri(client);
}
