import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { lookup } from 'node:dns';
import { isIP, isIPv6 } from 'node:net';
import { TransportError } from './errors.ts';
import { failLater } from './fail-later.ts';
import { type TransportLimits, transportLimits } from './limits.ts';
import type { Endpoint, Flow, Target, Transport, TransportReceiver } from './transport.ts';

/** A UDP listener's settings. */
export interface UdpOptions {
  /** Where to listen: an IPv4 or IPv6 address. */
  readonly address: string;
  /** 0 or nothing: any free port. */
  readonly port?: number;
  readonly advertised?: { readonly host: string; readonly port?: number };
  readonly limits?: Partial<TransportLimits>;
}

/** SIP over UDP (RFC 3261 §18): one socket for sending and receiving, so that rport answers find it (RFC 3581 §4). */
export function udp(options: UdpOptions): Transport {
  return new UdpTransport(options);
}

/** So many flows are kept to be used again: most messages come from a few peers. */
const MOST_FLOWS = 1_000;

// Keep-alives of RFC 5626 and of older phones: CRLFs or zero bytes, nothing that a message could start with.
const LONGEST_KEEP_ALIVE = 4;

/** An address is taken as it is, at once: by way of the usual look-up every datagram would wait for the next tick. */
const lookupNames: NonNullable<SocketOptions['lookup']> = (host, options, found) => {
  const family = isIP(host);
  if (family === 0) lookup(host, options, found);
  else found(null, host, family);
};

class UdpTransport implements Transport {
  readonly protocol = 'UDP';
  readonly advertised: UdpOptions['advertised'];
  readonly #options: UdpOptions;
  readonly #limits: TransportLimits;
  readonly #socket: Socket;
  /** By the port of their far end, the last of each. */
  readonly #flows = new Map<number, UdpFlow>();
  #local: Endpoint;
  #open = false;

  constructor(options: UdpOptions) {
    this.#options = options;
    this.advertised = options.advertised;
    this.#limits = { ...transportLimits, ...options.limits };
    this.#local = { address: options.address, port: options.port ?? 0 };
    this.#socket = createSocket(
      // One family each, so that no IPv4 peer appears under an IPv6 name.
      isIPv6(options.address)
        ? { type: 'udp6', ipv6Only: true, lookup: lookupNames }
        : { type: 'udp4', lookup: lookupNames },
    );
  }

  get local(): Endpoint {
    return this.#local;
  }

  get open(): boolean {
    return this.#open;
  }

  listen(receiver: TransportReceiver): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(this.#options.port ?? 0, this.#options.address, () => {
        socket.off('error', reject);
        // An ICMP answer to one peer's datagram is that send's failure, never the listener's.
        socket.on('error', () => {});
        this.#growBuffers();
        const { address, port } = socket.address();
        this.#local = { address, port };
        this.#open = true;
        socket.on('message', (bytes, from) => {
          if (bytes.length <= LONGEST_KEEP_ALIVE) return;
          receiver.message(bytes, this.#flow(from));
        });
        resolve();
      });
    });
  }

  flowTo(target: Target): Flow | Promise<Flow> {
    if (!this.#open) return Promise.reject(new TransportError('closed', 'This UDP listener is closed.'));
    return this.#flow(target);
  }

  #flow({ address, port }: Endpoint): UdpFlow {
    const known = this.#flows.get(port);
    if (known?.remote.address === address) return known;
    const flow = new UdpFlow(this, { address, port });
    if (this.#flows.size >= MOST_FLOWS) this.#flows.clear();
    this.#flows.set(port, flow);
    return flow;
  }

  send(bytes: Buffer, to: Endpoint, failed?: (error: TransportError) => void): void {
    if (!this.#open) {
      failLater(failed, new TransportError('closed', 'This UDP listener is closed.'));
      return;
    }
    try {
      this.#socket.send(bytes, to.port, to.address, error => {
        if (error) failed?.(sendError(error, to));
      });
    } catch (error) {
      // Of a port that is none, Node says so at once.
      failLater(failed, sendError(error as Error, to));
    }
  }

  close(): Promise<void> {
    if (!this.#open) return Promise.resolve();
    this.#open = false;
    return new Promise(resolve => this.#socket.close(() => resolve()));
  }

  // The kernel may give less (net.core.rmem_max); what it gives is better than its default.
  #growBuffers(): void {
    try {
      this.#socket.setRecvBufferSize(this.#limits.datagramBufferBytes);
      this.#socket.setSendBufferSize(this.#limits.datagramBufferBytes);
    } catch {
      return;
    }
  }
}

class UdpFlow implements Flow {
  readonly protocol = 'UDP';
  listener: Transport | undefined;
  readonly remote: Endpoint;
  readonly #transport: UdpTransport;

  constructor(transport: UdpTransport, remote: Endpoint) {
    this.#transport = transport;
    this.remote = remote;
  }

  get local(): Endpoint {
    return this.#transport.local;
  }

  get open(): boolean {
    return this.#transport.open;
  }

  send(bytes: Buffer, failed?: (error: TransportError) => void): void {
    this.#transport.send(bytes, this.remote, failed);
  }
}

function sendError(error: Error, { address, port }: Endpoint): TransportError {
  const fault = (error as NodeJS.ErrnoException).code === 'EMSGSIZE' ? 'too-large' : 'connection-refused';
  return new TransportError(fault, `UDP to ${address} port ${port}: ${error.message}`, error);
}
