import { tcp } from './tcp.ts';
import type { Transport } from './transport.ts';
import { type UdpOptions, udp } from './udp.ts';

/** Two listeners at one port: with 0 the one that UDP has got, which by TCP may be taken (`EADDRINUSE`). */
export function udpAndTcp(options: UdpOptions): [udp: Transport, tcp: Transport] {
  const first = udp(options);
  return [first, tcp({ ...options, port: () => first.local.port })];
}
