/** SIP clients: phones and applications that register, and are dialled by their name. */
import { createHash } from 'node:crypto';
import type { VoiceSettings } from './application.ts';
import type { Sealed } from './sip-target.ts';

export const MAX_CLIENTS = 1_000;
export const MIN_PASSWORD_CHARACTERS = 12;
export const MAX_PASSWORD_CHARACTERS = 128;

/** What a client's name is made of: it is the user part of its SIP address, and its user name in a digest. */
export const CLIENT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Its voice settings are those of the calls that it makes; without any, it reaches whom it dials. */
export interface Client extends Partial<VoiceSettings> {
  name: string;
  accountSid: string;
  friendlyName?: string;
  /** A sealed `ClientSecret`, as JSON. The password itself is not kept. */
  secret: Sealed;
  createdAtMs: number;
  updatedAtMs: number;
}

/** H(name:realm:password) for both algorithms that a client may answer with (RFC 7616 §3.4.2, RFC 8760), in hex. */
export interface ClientSecret {
  md5: string;
  sha256: string;
}

/** Tells one password of a client from the next, and says nothing of either. */
export const passwordMark = ({ secret }: Pick<Client, 'secret'>): string =>
  createHash('sha256').update(secret.ciphertext).digest('base64url').slice(0, MARK_CHARACTERS);

const MARK_CHARACTERS = 22;

/** The realm of an account's clients. It is part of their secrets: to change it is to set every password anew. */
export const realmOf = (accountSid: string): string => accountSid;

/** Its SID in those dialects that have one: always the same for one name of one account. */
export const clientSid = (accountSid: string, name: string): string =>
  `CL${createHash('sha256').update(`${accountSid}/${name}`).digest('hex').slice(0, 32)}`;

/** A client's address-of-record (RFC 3261 §10). Where it leads is the SIP edge's to know. */
export const clientUri = (accountSid: string, name: string): string => `sip:${name}@${accountSid}`;

/**
 * The account that a SIP domain belongs to: its first label is the account's SID, in any case (`AC….sip.example.com`, or
 * the SID alone where the edge is the outbound proxy). Undefined for any other domain.
 */
export function accountOfDomain(host: string): string | undefined {
  const [, digits] = /^ac([0-9a-f]{32})(?:\.|$)/i.exec(host) ?? [];
  return digits && `AC${digits.toLowerCase()}`;
}
