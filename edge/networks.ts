import { contains, networkOf, parseIp } from '../core/network/ip.ts';

/** So many addresses are known without reading them again: most messages come from a few. */
const MOST_KNOWN = 1_000;

/** A test for addresses in any of these networks. @throws RangeError for one that is not in CIDR notation */
export function networks(cidrs: readonly string[]): (address: string) => boolean {
  const all = cidrs.map(networkOf);
  const known = new Map<string, boolean>();
  return address => {
    const before = known.get(address);
    if (before !== undefined) return before;
    const ip = parseIp(address);
    const isIn = ip !== undefined && all.some(network => contains(network, ip));
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(address, isIn);
    return isIn;
  };
}
