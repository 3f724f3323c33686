import { BlockList, isIPv6 } from 'node:net';

/** A test for addresses in any of these networks. @throws RangeError for one that is not in CIDR notation */
export function networks(cidrs: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(cidr) ?? [];
    try {
      list.addSubnet(address, Number(bits), family(address));
    } catch (cause) {
      throw new RangeError(
        `"${cidr}" is not a network. Write an address, a slash and a number of bits, for example 10.1.0.0/16.`,
        { cause },
      );
    }
  }
  return address => list.check(address, family(address));
}

const family = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');
