/** SIP trunks: an account's own carriers and PBXs. */
import { isWithin } from './network.ts';
import { matchesNumber } from './number-pattern.ts';
import { IDENTITY_HEADERS } from './sip-header.ts';
import type { Codec, Sealed, SipTransport } from './sip-target.ts';

export const MAX_TRUNKS = 100;
export const MAX_TRUNK_HEADERS = 16;
export const MAX_TRUNK_CALLER_IDS = 100;
export const MAX_INBOUND_NETWORKS = 50;
export const MAX_CREDENTIAL_CHARACTERS = 128;

export const TRUNK_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

export interface TrunkSettings {
  /** A name or an address, an IPv6 one in brackets, without a port. */
  host: string;
  /** Without one the name's SRV records are asked (RFC 3263), and then it is 5061 for TLS and 5060 for the others. */
  port?: number;
  transport: SipTransport;
  codecs: Codec[];
  /** Added to each INVITE. */
  headers: [name: string, value: string][];
  /** Whether headers about the caller's identity (P-Asserted-Identity, Privacy) that a request asks for may pass. */
  passIdentity: boolean;
  /** Patterns of what may be shown as the caller, besides the account's own numbers. */
  callerIds: string[];
  /** Who may call in: CIDRs. Empty for nobody. */
  inboundNetworks: string[];
}

export interface Trunk extends TrunkSettings {
  name: string;
  accountSid: string;
  /** For a 401 or 407. The password is sealed and never shown. */
  credentials?: { username: string; password: Sealed };
  createdAtMs: number;
  updatedAtMs: number;
}

/** The address of a number at a trunk. */
export function trunkUri({ host, port }: Pick<Trunk, 'host' | 'port'>, number: string): string {
  // `#` is the one character of a number that no user part may have (RFC 3261 §25.1).
  const user = number.replaceAll('#', '%23');
  return `sip:${user}@${host}${port === undefined ? '' : `:${port}`}`;
}

/**
 * The headers of an INVITE over a trunk: what was asked for, then the trunk's own, of which one that was asked for takes
 * the place. `refused` names what the trunk lets no request ask for.
 */
export function trunkHeaders(
  { headers, passIdentity }: Pick<Trunk, 'headers' | 'passIdentity'>,
  asked: readonly [name: string, value: string][],
): { headers: [name: string, value: string][]; refused: string[] } {
  const names = new Set(asked.map(([name]) => name.toLowerCase()));
  const refused = passIdentity ? [] : asked.map(([name]) => name).filter(isIdentity);
  return { headers: [...asked, ...headers.filter(([name]) => !names.has(name.toLowerCase()))], refused };
}

const isIdentity = (name: string) => IDENTITY_HEADERS.has(name.toLowerCase());

/** Whether a trunk lets a caller id be shown that is none of the account's own numbers. */
export function mayShow({ callerIds }: Pick<Trunk, 'callerIds'>, callerId: string): boolean {
  return callerIds.some(pattern => matchesNumber(pattern, callerId));
}

/**
 * The trunks that a call from an address may have come over. Carriers serve many accounts from one address: which of
 * them it is, the dialled number has to say.
 */
export function trunksFrom<T extends Pick<Trunk, 'inboundNetworks'>>(
  address: string,
  trunks: readonly T[],
): T[] {
  return trunks.filter(({ inboundNetworks }) => isWithin(address, inboundNetworks));
}
