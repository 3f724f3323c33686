import type { Socket } from 'node:net';
import type { Clock, TimerHandle } from '../clock.ts';
import { FramingError, TransportError } from './errors.ts';
import { failLater } from './fail-later.ts';
import { StreamFramer } from './framer.ts';
import type { TransportLimits } from './limits.ts';
import type { Endpoint, Flow, Protocol, Transport, TransportReceiver } from './transport.ts';

const PING = Buffer.from('\r\n\r\n');
const PONG = Buffer.from('\r\n');
/** For what was sent to leave, and for the peer to close its side; one that does neither must not hold the connection. */
const LINGER_MS = 1_000;

/** What a connection needs to know of the listener that has it. */
export interface ConnectionOptions {
  readonly protocol: Protocol;
  readonly limits: TransportLimits;
  readonly clock: Clock;
  readonly receiver: TransportReceiver;
  /** The name that we opened it for. */
  readonly host?: string | undefined;
  /** Whether we opened it: then the keep-alives are ours to send (RFC 5626 §4.4.1). */
  readonly opened: boolean;
}

/** One TCP or TLS connection as a flow: framing, keep-alives and time limits, the same for both. */
export class Connection implements Flow {
  readonly protocol: Protocol;
  readonly host: string | undefined;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly #socket: Socket;
  listener: Transport | undefined;
  registeredUntilMs: number | undefined;
  readonly #options: ConnectionOptions;
  readonly #framer: StreamFramer;
  #open = true;
  #error: TransportError | undefined;
  #idle: TimerHandle | undefined;
  #message: TimerHandle | undefined;
  #ping: TimerHandle | undefined;
  #pong: TimerHandle | undefined;
  #linger: TimerHandle | undefined;
  #isPongLeaving = false;
  /** Whether the peer has ever answered a keep-alive of ours: not all do. */
  #hasPonged = false;
  /** When a message, or a keep-alive of the peer, last passed. Our own keep-alives are no use of the connection. */
  #lastUseAt: number;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.protocol = options.protocol;
    this.host = options.host;
    this.local = { address: plain(socket.localAddress), port: socket.localPort ?? 0 };
    this.remote = { address: plain(socket.remoteAddress), port: socket.remotePort ?? 0 };
    this.#lastUseAt = options.clock.now();
    this.#framer = new StreamFramer(options.limits, {
      message: bytes => this.#received(bytes),
      ping: () => this.#answerPing(),
      pong: () => this.#ponged(),
    });
    socket.setNoDelay(true);
    socket.on('data', chunk => this.#read(chunk));
    socket.on('error', error => {
      this.#error ??= new TransportError('connection-lost', `The connection broke: ${error.message}`, error);
    });
    socket.on('end', () => this.#finish());
    socket.on('close', () => this.#closed());
    this.#watchIdle(options.limits.idleMs);
    if (options.opened) this.#watchPeer();
    else {
      const { probeMs, probeAgainMs, probes } = options.limits;
      socket.setKeepAlive(true, probeMs, probeAgainMs, probes);
    }
  }

  get open(): boolean {
    return this.#open;
  }

  send(bytes: Buffer, failed?: (error: TransportError) => void): void {
    if (!this.#open) {
      failLater(failed, this.#error ?? new TransportError('closed', 'This connection is closed.'));
      return;
    }
    this.#lastUseAt = this.#options.clock.now();
    this.#write(bytes, failed);
  }

  #write(bytes: Buffer, failed?: (error: TransportError) => void): void {
    this.#socket.write(bytes, error => {
      if (error)
        failed?.(new TransportError('connection-lost', `The connection broke: ${error.message}`, error));
    });
    if (this.#socket.writableLength > this.#options.limits.unsentBytes)
      this.#cut(new TransportError('too-slow', 'The peer does not read what it is sent.'));
  }

  /** Lets what was sent leave, then closes. Settles when the socket is gone. */
  close(): Promise<void> {
    this.#open = false;
    if (this.#socket.destroyed) return Promise.resolve();
    return new Promise(resolve => {
      this.#socket.once('close', () => resolve());
      this.#finish();
    });
  }

  #finish(): void {
    this.#open = false;
    this.#linger ??= this.#options.clock.setTimeout(() => this.#socket.destroy(), LINGER_MS);
    this.#socket.end();
  }

  #read(chunk: Buffer): void {
    try {
      this.#framer.push(chunk);
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      // Nothing that still comes can be read as messages: it stays with its sender.
      this.#socket.pause();
      if (error.head) this.#options.receiver.refused(error.head, error.status, this);
      this.#error = new TransportError('connection-lost', error.message, error);
      this.#finish();
      return;
    }
    this.#watchMessage();
  }

  #received(bytes: Buffer): void {
    this.#lastUseAt = this.#options.clock.now();
    // What has begun after it has all of its time.
    this.#options.clock.clearTimeout(this.#message);
    this.#message = undefined;
    this.#options.receiver.message(bytes, this);
  }

  /** One at a time: a peer that reads no answers could ask for as many as fill the memory. */
  #answerPing(): void {
    this.#lastUseAt = this.#options.clock.now();
    if (this.#isPongLeaving || !this.#open) return;
    this.#isPongLeaving = true;
    this.#socket.write(PONG, () => {
      this.#isPongLeaving = false;
    });
  }

  #watchMessage(): void {
    const { clock, limits } = this.#options;
    if (!this.#framer.unfinished) {
      clock.clearTimeout(this.#message);
      this.#message = undefined;
    } else {
      this.#message ??= clock.setTimeout(
        () => this.#cut(new TransportError('too-slow', 'A message took too long to arrive.')),
        limits.messageMs,
      );
    }
  }

  #watchIdle(delayMs: number): void {
    const { clock, limits } = this.#options;
    this.#idle = clock.setTimeout(() => {
      const left = this.#lastUseAt + limits.idleMs - clock.now();
      if (left > 0) this.#watchIdle(left);
      else if (this.#options.receiver.isNeeded(this)) this.#watchIdle(limits.idleMs);
      else this.close();
    }, delayMs);
  }

  #watchPeer(): void {
    const { clock, limits } = this.#options;
    if (limits.pingMs === 0) return;
    this.#ping = clock.setTimeout(() => {
      if (!this.#open) return;
      this.#framer.expectPong();
      this.#write(PING);
      this.#pong ??= clock.setTimeout(() => this.#missPong(), limits.pongMs);
      this.#watchPeer();
    }, limits.pingMs);
  }

  #ponged(): void {
    this.#hasPonged = true;
    this.#options.clock.clearTimeout(this.#pong);
    this.#pong = undefined;
  }

  /** Only from a peer that answers keep-alives does silence mean anything (RFC 5626 §3.5.1). */
  #missPong(): void {
    this.#pong = undefined;
    this.#framer.giveUpPongs();
    if (this.#hasPonged)
      this.#cut(new TransportError('connection-lost', 'The peer did not answer a keep-alive.'));
  }

  #cut(error: TransportError): void {
    this.#error ??= error;
    this.#open = false;
    this.#socket.destroy();
  }

  #closed(): void {
    const { clock, receiver } = this.#options;
    this.#open = false;
    for (const timer of [this.#idle, this.#message, this.#ping, this.#pong, this.#linger])
      clock.clearTimeout(timer);
    receiver.closed(this, this.#error);
  }
}

/** An IPv4 peer of a dual-stack socket by its IPv4 name, so that it compares with what DNS gave. */
function plain(address: string | undefined): string {
  return address?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '') ?? '';
}
