import type { AddressInfo, Server, Socket } from 'node:net';
import { type Clock, systemClock } from '../clock.ts';
import { Connection } from './connection.ts';
import { TransportError } from './errors.ts';
import { type TransportLimits, transportLimits } from './limits.ts';
import { OpenSockets } from './open-sockets.ts';
import type { Endpoint, Flow, Target, Transport, TransportReceiver } from './transport.ts';

/** Settings that a TCP and a TLS listener share. */
export interface StreamOptions {
  /** Where to listen: an IPv4 or IPv6 address. */
  readonly address: string;
  /** 0 or nothing: any free port. */
  readonly port?: number;
  readonly advertised?: { readonly host: string; readonly port?: number };
  readonly limits?: Partial<TransportLimits>;
  readonly clock?: Clock;
}

/** What TCP and TLS do differently. */
export interface StreamKind {
  readonly protocol: 'TCP' | 'TLS';
  /** The server, calling `accepted` with every socket that is ready to be read. */
  createServer(accepted: (socket: Socket) => void): Server;
  /** Opens a socket and calls `ready` when messages can be sent on it. */
  connect(target: Target, ready: () => void): Socket;
}

/** A listener on a stream protocol, and the connections that it accepts, opens and uses again. */
export class StreamTransport implements Transport {
  readonly protocol: 'TCP' | 'TLS';
  readonly advertised: StreamOptions['advertised'];
  readonly #kind: StreamKind;
  readonly #options: StreamOptions;
  readonly #limits: TransportLimits;
  readonly #clock: Clock;
  readonly #connections = new Set<Connection>();
  readonly #byPeer = new Map<string, Connection>();
  readonly #opening = new Map<string, Promise<Connection>>();
  readonly #accepted = new OpenSockets();
  readonly #opened = new OpenSockets();
  readonly #connecting = new Set<Socket>();
  #server: Server | undefined;
  #receiver: TransportReceiver | undefined;
  #local: Endpoint;

  constructor(kind: StreamKind, options: StreamOptions) {
    this.#kind = kind;
    this.protocol = kind.protocol;
    this.advertised = options.advertised;
    this.#options = options;
    this.#limits = { ...transportLimits, ...options.limits };
    this.#clock = options.clock ?? systemClock;
    this.#local = { address: options.address, port: options.port ?? 0 };
  }

  get local(): Endpoint {
    return this.#local;
  }

  listen(receiver: TransportReceiver): Promise<void> {
    this.#receiver = receiver;
    const server = this.#kind.createServer(socket => this.#accept(socket));
    server.maxConnections = this.#limits.connections;
    server.on('connection', socket => this.#count(socket));
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      const { port: wanted = 0, address: host } = this.#options;
      server.listen({ port: wanted, host, ipv6Only: true }, () => {
        server.off('error', reject);
        // Running out of file descriptors refuses one connection; it does not end the listener.
        server.on('error', () => {});
        const { address, port } = server.address() as AddressInfo;
        this.#local = { address, port };
        resolve();
      });
    });
  }

  async flowTo(target: Target): Promise<Flow> {
    if (this.#server === undefined)
      throw new TransportError('closed', `This ${this.protocol} listener is closed.`);
    const key = peerKey(target, this.protocol === 'TLS' ? target.host : undefined);
    const known = this.#byPeer.get(key);
    if (known?.open) return known;
    const opening = this.#opening.get(key) ?? this.#open(target).finally(() => this.#opening.delete(key));
    this.#opening.set(key, opening);
    return opening;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const stopped = new Promise<void>(resolve => server.close(() => resolve()));
    for (const socket of this.#connecting) socket.destroy();
    await Promise.all([...this.#connections].map(connection => connection.close()));
    this.#accepted.destroy();
    await stopped;
  }

  #open(target: Target): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const where = `${this.protocol} to ${target.address} port ${target.port}`;
      const ready = () => {
        settle();
        if (this.#server === undefined) {
          socket.destroy();
          reject(new TransportError('closed', `This ${this.protocol} listener is closed.`));
        } else resolve(this.#add(socket, true, target.host));
      };
      if (this.#isFull(target)) {
        reject(new TransportError('too-many', `${where}: as many connections are open as may be.`));
        return;
      }
      let socket: Socket;
      try {
        socket = this.#kind.connect(target, ready);
      } catch (error) {
        // Of a port that is none, Node says so at once.
        reject(connectionError(error as Error, where));
        return;
      }
      const failed = (error: Error) => {
        settle();
        socket.on('error', () => {});
        socket.destroy();
        reject(error instanceof TransportError ? error : connectionError(error, where));
      };
      const timer = this.#clock.setTimeout(
        () => failed(new TransportError('connection-timeout', `${where}: no answer.`)),
        this.#limits.connectMs,
      );
      const settle = () => {
        this.#clock.clearTimeout(timer);
        this.#connecting.delete(socket);
        socket.off('error', failed);
        socket.off('close', lost);
      };
      const lost = () => failed(new TransportError('connection-lost', `${where}: closed while opening.`));
      this.#connecting.add(socket);
      this.#opened.add(socket, target.address);
      socket.on('error', failed);
      socket.on('close', lost);
    });
  }

  #isFull({ address }: Target): boolean {
    const { openedConnections, connectionsPerPeer } = this.#limits;
    return this.#opened.size >= openedConnections || this.#opened.with(address) >= connectionsPerPeer;
  }

  #accept(socket: Socket): void {
    if (this.#server === undefined) socket.destroy();
    else this.#add(socket, false, undefined);
  }

  #count(socket: Socket): void {
    const peer = socket.remoteAddress ?? '';
    this.#accepted.add(socket, peer);
    if (this.#accepted.with(peer) > this.#limits.connectionsPerPeer) socket.destroy();
  }

  #add(socket: Socket, opened: boolean, host: string | undefined): Connection {
    const receiver = this.#receiver as TransportReceiver;
    const connection = new Connection(socket, {
      protocol: this.protocol,
      limits: this.#limits,
      clock: this.#clock,
      host,
      opened,
      receiver: {
        message: (bytes, flow) => receiver.message(bytes, flow),
        refused: (head, status, flow) => receiver.refused(head, status, flow),
        isNeeded: flow => receiver.isNeeded(flow),
        closed: (flow, error) => {
          this.#connections.delete(connection);
          if (this.#byPeer.get(key) === connection) this.#byPeer.delete(key);
          receiver.closed(flow, error);
        },
      },
    });
    // A connection that a peer opened comes from a port of the moment, yet it is the flow to that very port.
    const key = peerKey(connection.remote, this.protocol === 'TLS' ? host : undefined);
    this.#connections.add(connection);
    this.#byPeer.set(key, connection);
    return connection;
  }
}

function peerKey(peer: Endpoint, name: string | undefined): string {
  return `${peer.address}|${peer.port}|${name?.toLowerCase() ?? ''}`;
}

const CERTIFICATE_FAULT = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

function connectionError(error: Error, where: string): TransportError {
  const { code = '' } = error as NodeJS.ErrnoException;
  const fault = CERTIFICATE_FAULT.test(code) ? 'certificate-refused' : 'connection-refused';
  return new TransportError(fault, `${where}: ${error.message}`, error);
}
