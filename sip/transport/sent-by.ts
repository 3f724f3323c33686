import { networkInterfaces } from 'node:os';
import { type Endpoint, isIPv6Address, type Transport } from './transport.ts';

/** How a listener calls itself towards a peer, in Via's sent-by and in Contact. IPv6 without brackets. */
export function sentBy(
  transport: Transport,
  peer: Pick<Endpoint, 'address'>,
): { host: string; port: number } {
  const { advertised, local } = transport;
  if (advertised !== undefined) return { host: advertised.host, port: advertised.port ?? local.port };
  return {
    host: isWildcard(local.address) ? reachableAddress(peer.address) : local.address,
    port: local.port,
  };
}

function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** For a listener on every address: loopback to loopback, else the first address that is none. */
function reachableAddress(peer: string): string {
  const family = isIPv6Address(peer) ? 'IPv6' : 'IPv4';
  const loopback = family === 'IPv6' ? '::1' : '127.0.0.1';
  if (peer === loopback || peer.startsWith('127.')) return loopback;
  const all = Object.values(networkInterfaces()).flatMap(list => list ?? []);
  return all.find(found => found.family === family && !found.internal)?.address ?? loopback;
}
