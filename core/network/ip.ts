import { isIP } from 'node:net';

/** An IP address as its 4 or 16 bytes. */
export type IpBytes = readonly number[];

/** A range of addresses: all that share the first `bits` of `prefix`. */
export interface IpNetwork {
  readonly prefix: IpBytes;
  readonly bits: number;
}

/**
 * Reads an address in the forms that `net.isIP` takes: dotted decimal, and IPv6 as of RFC 4291 §2.2 (`::8.8.8.8` too).
 * Undefined for anything else, and for a zone id (`fe80::1%eth0`), which chooses an interface of this machine.
 */
export function parseIp(text: string): IpBytes | undefined {
  const version = text.includes('%') ? 0 : isIP(text);
  if (version === 0) return undefined;
  if (version === 4) return text.split('.').map(Number);
  const [head = [], tail] = text.split('::').map(groupBytes);
  return tail === undefined
    ? [...head]
    : [...head, ...Array<number>(16 - head.length - tail.length).fill(0), ...tail];
}

/** Reads CIDR notation; undefined when it is not. Bits after the prefix are ignored. */
export function parseNetwork(cidr: string): IpNetwork | undefined {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const prefix = parseIp(address);
  if (prefix === undefined || Number(bits) > prefix.length * 8) return undefined;
  return { prefix, bits: Number(bits) };
}

/** Reads CIDR notation. @throws RangeError when it is not */
export function networkOf(cidr: string): IpNetwork {
  const network = parseNetwork(cidr);
  if (network !== undefined) return network;
  throw new RangeError(
    `"${cidr}" is not a network. Write an address, a slash and a number of bits, for example 10.1.0.0/16.`,
  );
}

/** Whether the network holds the address. IPv4 and IPv6 never hold each other. */
export function contains({ prefix, bits }: IpNetwork, address: IpBytes): boolean {
  if (prefix.length !== address.length) return false;
  for (let at = 0; at * 8 < bits; at++) {
    const ignoredBits = Math.max(0, (at + 1) * 8 - bits);
    if (((prefix[at] ?? 0) ^ (address[at] ?? 0)) >> ignoredBits !== 0) return false;
  }
  return true;
}

/** The bytes of `2001:db8:0:1` or `ffff:10.0.0.1`. */
function groupBytes(groups: string): number[] {
  return groups
    .split(':')
    .filter(group => group !== '')
    .flatMap(group => {
      if (group.includes('.')) return group.split('.').map(Number);
      const value = Number.parseInt(group, 16);
      return [value >> 8, value & 0xff];
    });
}
