import { contains, parseIp, parseNetwork } from '../core/network/ip.ts';

/** A test for addresses in any of these networks. @throws RangeError for one that is not in CIDR notation */
export function networks(cidrs: readonly string[]): (address: string) => boolean {
  const all = cidrs.map(cidr => {
    const network = parseNetwork(cidr);
    if (network !== undefined) return network;
    throw new RangeError(
      `"${cidr}" is not a network. Write an address, a slash and a number of bits, for example 10.1.0.0/16.`,
    );
  });
  return address => {
    const ip = parseIp(address);
    return ip !== undefined && all.some(network => contains(network, ip));
  };
}
