/** IP networks, as CIDRs. */
import { BlockList, isIP } from 'node:net';

export interface Network {
  address: string;
  prefix: number;
  family: 'ipv4' | 'ipv6';
}

const BITS = { ipv4: 32, ipv6: 128 } as const;

const familyOf = (address: string): Network['family'] | undefined =>
  (({ 4: 'ipv4', 6: 'ipv6' }) as const)[isIP(address) as 4 | 6];

/** `198.51.100.0/24` or a single address → the network; undefined for anything else, also for an IPv6 zone. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', size, ...rest] = text.split('/');
  const family = address.includes('%') ? undefined : familyOf(address);
  if (family === undefined || rest.length > 0) return undefined;
  if (size === undefined) return { address, prefix: BITS[family], family };
  if (!/^(0|[1-9]\d{0,2})$/.test(size) || Number(size) > BITS[family]) return undefined;
  return { address, prefix: Number(size), family };
}

/** Whether an address is in one of the networks. An IPv4 address may come as `::ffff:…`, as sockets tell it. */
export function isWithin(address: string, networks: readonly string[]): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = familyOf(plain);
  if (family === undefined) return false;
  const list = new BlockList();
  for (const network of networks.map(parseNetwork)) {
    if (network?.family === family) list.addSubnet(network.address, network.prefix, family);
  }
  return list.check(plain, family);
}
