import { connect, createServer } from 'node:net';
import { type StreamOptions, StreamTransport } from './stream.ts';
import type { Transport } from './transport.ts';

/** A TCP listener's settings. */
export type TcpOptions = StreamOptions;

/** SIP over TCP (RFC 3261 §18). */
export function tcp(options: TcpOptions): Transport {
  return new StreamTransport(
    {
      protocol: 'TCP',
      createServer: accepted => createServer(accepted),
      connect: (target, ready) => connect({ host: target.address, port: target.port }, ready),
    },
    options,
  );
}
