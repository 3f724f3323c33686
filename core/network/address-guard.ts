import { contains, type IpBytes, type IpNetwork, networkOf, parseIp } from './ip.ts';
import { type RefusedNetwork, refusedNetworks } from './refused-networks.ts';

/** Why an address may not be reached. */
export type Refusal = Pick<RefusedNetwork, 'reason' | 'source'>;

/** Tells addresses of the public internet from all others. */
export interface AddressGuard {
  /** Why this IP address may not be reached; undefined when it may. What is not an IP address may not. */
  refusal(address: string): Refusal | undefined;
}

const refused = refusedNetworks.map(row => ({ ...row, network: networkOf(row.cidr) }));

const mapped = networkOf('::ffff:0:0/96'); // RFC 4291 §2.5.5.2
const translated = networkOf('64:ff9b::/96'); // RFC 6052 §2.1
const locallyTranslated = networkOf('64:ff9b:1::/48'); // RFC 8215

/**
 * Builds the guard from the table of refused networks and what the operator opens.
 *
 * @param allowedNetworks in CIDR notation. An IPv6 address that stands for an IPv4 address (mapped, NAT64) is judged
 * as that IPv4 address. Local-use NAT64 must be opened as its /96, and the IPv4 address in its last 32 bits as well.
 * @throws {RangeError} when one of them is not in CIDR notation.
 */
export function createAddressGuard(allowedNetworks: readonly string[]): AddressGuard {
  const allowed = allowedNetworks.map(networkOf);
  return {
    refusal(text) {
      const address = parseIp(text);
      if (address === undefined) return { reason: 'not a plain IP address', source: 'RFC 4291 §2.2' };
      for (const end of endsOf(address)) {
        const row = refused.find(({ network }) => contains(network, end));
        if (row !== undefined && !allowed.some(network => opens(network, row, end))) {
          return { reason: row.reason, source: row.source };
        }
      }
      return undefined;
    },
  };
}

/** Where a packet to this address may end: at the IPv4 address inside it, if the kernel or a translator takes it there. */
function endsOf(address: IpBytes): IpBytes[] {
  const embeddedIPv4 = address.slice(12);
  if (contains(mapped, address) || contains(translated, address)) return [embeddedIPv4];
  if (contains(locallyTranslated, address)) return [address, embeddedIPv4];
  return [address];
}

function opens(network: IpNetwork, row: RefusedNetwork, address: IpBytes): boolean {
  return contains(network, address) && (!row.onlyByName || network.bits === address.length * 8);
}
