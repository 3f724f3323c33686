import { contains, networkOf, parseIp } from '../core/network/ip.ts';

/** A test for addresses in any of these networks. @throws RangeError for one that is not in CIDR notation */
export function networks(cidrs: readonly string[]): (address: string) => boolean {
  const all = cidrs.map(networkOf);
  return address => {
    const ip = parseIp(address);
    return ip !== undefined && all.some(network => contains(network, ip));
  };
}
