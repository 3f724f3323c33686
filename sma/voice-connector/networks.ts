/** Addresses in CIDR notation. */
import { BlockList, isIP, isIPv6 } from 'node:net';

/** A test whether an address is in one of the networks. Throws `RangeError` for what is no network. */
export function networks(cidrs: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', prefix] = cidr.split('/');
    const family = isIP(address);
    const bits = prefix === undefined ? (family === 6 ? 128 : 32) : Number(prefix);
    // An empty prefix would be 0, and let everybody in.
    if (family === 0 || (prefix !== undefined && !/^\d+$/.test(prefix))) {
      throw new RangeError(`"${cidr}" is no network: write it like 192.0.2.0/24.`);
    }
    list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
  }
  return address => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
