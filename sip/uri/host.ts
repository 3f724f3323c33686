import { isIPv6 } from 'node:net';
import { HOST } from '../grammar/characters.ts';
import type { Scanner } from '../grammar/scanner.ts';

/**
 * Reads a host as it stands: a name, an IPv4 address, or an IPv6 address in its brackets (RFC 3261 §25.1,
 * RFC 5118).
 */
export function readHost(scanner: Scanner): string {
  if (!scanner.at('[')) return scanner.some(HOST, 'a host name or address');
  const start = scanner.position;
  const close = scanner.find(']');
  const address = close < 0 ? '' : scanner.text.slice(start + 1, close);
  // A zone ("%eth0") means nothing beyond the machine it was written on.
  if (!isIPv6(address) || address.includes('%')) scanner.fail('Expected an IPv6 address in brackets', start);
  scanner.position = close + 1;
  return scanner.text.slice(start, close + 1);
}

const LARGEST_PORT = 65_535;

/** Reads the number of a port. 0 follows the grammar (RFC 3261 §25.1), though nothing can be sent there (RFC 6335 §6). */
export const readPortNumber = (scanner: Scanner): number => scanner.integer('the port', LARGEST_PORT);

/** Reads `:port` where it stands. */
export function readPort(scanner: Scanner): number | undefined {
  return scanner.take(':') ? readPortNumber(scanner) : undefined;
}

/** Whether anything can be sent to a port of that number. */
export const isSomePort = (port: number): boolean => port > 0 && port <= LARGEST_PORT;

/** A host as sockets want it: an IPv6 address without brackets. */
export const hostAddress = (host: string): string => (host.startsWith('[') ? host.slice(1, -1) : host);

/** A host as URIs and Via want it: an IPv6 address in brackets. */
export const bracketHost = (host: string): string =>
  host.includes(':') && isIPv6(host) ? `[${host}]` : host;

/** The one spelling of a host that comparisons use: lower case, IPv6 in its shortest form (RFC 5118 §3). */
export function canonicalHost(host: string): string {
  const lower = host.toLowerCase();
  return lower.startsWith('[') ? new URL(`http://${lower}`).hostname : lower;
}
