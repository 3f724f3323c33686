/** Where a client is: what its REGISTER left, as it lies in the call table. */
export interface RegisteredContact {
  /** The Contact's URI (RFC 3261 §10.2.1). */
  contact: string;
  /** Proxies on the way to it (RFC 3327), the first hop first. */
  path: string[];
  /** Preference, 0 to 1. */
  q: number;
  expiresAtMs: number;
  callId: string;
  sequence: number;
  /** Where the REGISTER came from: behind a NAT, the only way to the contact. */
  received: { protocol: 'UDP' | 'TCP' | 'TLS'; address: string; port: number };
  /** The `passwordMark` of the client that made it: with another password, or without the client, it does not count. */
  passwordMark: string;
}

/** Contacts of one client. */
export const MAX_CONTACTS = 10;
/** Of one contact's URI, and of the path to it. */
export const MAX_CONTACT_CHARACTERS = 2_048;
export const MIN_REGISTRATION_SECONDS = 60;
export const MAX_REGISTRATION_SECONDS = 7_200;

/** Those that count now: of that password, and not expired. */
export function liveContacts(
  contacts: readonly RegisteredContact[],
  passwordMark: string,
  nowMs: number,
): RegisteredContact[] {
  return contacts.filter(each => each.passwordMark === passwordMark && each.expiresAtMs > nowMs);
}
