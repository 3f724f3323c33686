import type { ClientStore } from '../../aws/client-store.ts';
import { passwordMark } from '../../core/client.ts';
import { liveContacts, type RegisteredContact } from '../../core/registration.ts';
import { parseUri, type Uri } from '../../sip/uri/uri.ts';
import { FlowUri } from '../../sip/user-agent/flow-uri.ts';

/** How one contact of a client is reached. */
export interface ClientWay {
  /** The Request-URI: the contact as it was registered. */
  readonly uri: Uri;
  /** Proxies on the way (RFC 3327 §5.1). */
  readonly routes: readonly string[];
  /** Where its REGISTER came from, and every request goes: what a contact says of itself may be true in its own network only. */
  readonly nextHop: Uri;
  /** Its contact names another address than it comes from; so may its media. */
  readonly behindNat: boolean;
}

/** The ways to every contact of a client that is registered now; none where it is not, or is no client any more. */
export async function waysTo(
  { get, registrations }: Pick<ClientStore, 'get' | 'registrations'>,
  accountSid: string,
  name: string,
  nowMs: number,
): Promise<ClientWay[]> {
  const [client, stored] = await Promise.all([get(accountSid, name), registrations.get(accountSid, name)]);
  if (client === undefined) return [];
  return liveContacts(stored.contacts, passwordMark(client.value), nowMs).map(wayTo);
}

function wayTo({ contact, path, received }: RegisteredContact): ClientWay {
  const uri = parseUri(contact);
  return {
    uri,
    routes: path,
    nextHop: new FlowUri(received),
    behindNat: path.length === 0 && uri.kind === 'sip' && uri.address !== received.address,
  };
}
