import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type RefusedNetwork, refusedNetworks } from './refused-networks.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

/** Why an address may not be reached. */
export type Refusal = Pick<RefusedNetwork, 'reason' | 'source'>;

/** Tells addresses of the public internet from all others. */
export interface AddressGuard {
  /** Why this IP address may not be reached; undefined when it may. What is not an IP address may not. */
  refusal(address: string): Refusal | undefined;
}

const refused = refusedNetworks.map(row => ({ ...row, network: ipaddr.parseCIDR(row.cidr) as Network }));

const mappedPrefix = ipaddr.parseCIDR('::ffff:0:0/96') as Network; // RFC 4291 §2.5.5.2
const translatedPrefix = ipaddr.parseCIDR('64:ff9b::/96') as Network; // RFC 6052 §2.1
const locallyTranslatedPrefix = ipaddr.parseCIDR('64:ff9b:1::/48') as Network; // RFC 8215

/**
 * Builds the guard from the table of refused networks and what the operator opens.
 *
 * @param allowedNetworks in CIDR notation. An IPv6 address that stands for an IPv4 address (mapped, NAT64) is judged
 * as that IPv4 address. Local-use NAT64 must be opened as its /96, and the IPv4 address in its last 32 bits as well.
 * @throws {RangeError} when one of them is not in CIDR notation.
 */
export function createAddressGuard(allowedNetworks: readonly string[]): AddressGuard {
  const allowed = allowedNetworks.map(parseNetwork);
  return {
    refusal(text) {
      // A zone id (fe80::1%eth0) chooses an interface of this machine: never a customer's business.
      if (isIP(text) === 0 || text.includes('%'))
        return { reason: 'not a plain IP address', source: 'RFC 4007' };
      for (const address of endsOf(ipaddr.parse(text))) {
        const row = refused.find(({ network }) => holds(network, address));
        if (row !== undefined && !allowed.some(network => opens(network, row, address))) {
          return { reason: row.reason, source: row.source };
        }
      }
      return undefined;
    },
  };
}

/** Where a packet to this address may end: at the IPv4 address inside it, where a translator or the kernel takes it there. */
function endsOf(address: Address): Address[] {
  if (holds(mappedPrefix, address) || holds(translatedPrefix, address)) return [embeddedIPv4(address)];
  if (holds(locallyTranslatedPrefix, address)) return [address, embeddedIPv4(address)];
  return [address];
}

function embeddedIPv4(address: Address): Address {
  return ipaddr.fromByteArray(address.toByteArray().slice(12));
}

function holds([prefix, bits]: Network, address: Address): boolean {
  return prefix.kind() === address.kind() && address.match(prefix, bits);
}

function opens(network: Network, row: RefusedNetwork, address: Address): boolean {
  const isWholeAddress = network[1] === network[0].toByteArray().length * 8;
  return holds(network, address) && (!row.onlyByName || isWholeAddress);
}

function parseNetwork(cidr: string): Network {
  const [address = '', bits = ''] = cidr.split('/');
  if (isIP(address) === 0 || address.includes('%') || !/^\d{1,3}$/.test(bits) || !ipaddr.isValidCIDR(cidr)) {
    throw new RangeError(
      `"${cidr}" is not a network. Write allowed networks as an address, a slash and a number of bits, for example 10.1.0.0/16.`,
    );
  }
  return ipaddr.parseCIDR(cidr) as Network;
}
