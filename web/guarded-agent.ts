import { Agent, type ClientRequestArgs } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Attempt } from './attempt.ts';
import type { WebClock } from './clock.ts';
import { type ConnectionTools, openConnection } from './connection.ts';

/**
 * How long an idle connection is kept. Short, because a Lambda sleeps between invocations: a server that has
 * closed the connection meanwhile would make the next request fail, and a POST must not be sent twice to find out.
 */
export const IDLE_MS = 1_000;
/** Idle connections to one server. */
export const IDLE_CONNECTIONS_PER_SERVER = 10;

/** Request options with the attempt that they belong to: the agent passes them on to `createConnection`. */
export type GuardedRequestArgs = ClientRequestArgs & { readonly attempt: Attempt };

/** A connection pool in which every connection was let in by the address guard. No proxy settings are read. */
export class GuardedAgent extends Agent {
  readonly #tools: ConnectionTools;
  readonly #clock: WebClock;
  readonly #secure: boolean;
  readonly #idleSinceMs = new WeakMap<Duplex, number>();

  constructor(tools: ConnectionTools, clock: WebClock, secure: boolean) {
    super({
      keepAlive: true,
      timeout: IDLE_MS,
      maxFreeSockets: IDLE_CONNECTIONS_PER_SERVER,
      protocol: secure ? 'https:' : 'http:',
      defaultPort: secure ? 443 : 80,
    });
    this.#tools = tools;
    this.#clock = clock;
    this.#secure = secure;
  }

  override createConnection(
    options: ClientRequestArgs,
    done?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    const { host, port, attempt } = options as GuardedRequestArgs;
    const endpoint = { host: host ?? '', port: Number(port), secure: this.#secure };
    openConnection(endpoint, this.#tools, attempt).then(
      socket => done?.(null, socket),
      error => done?.(error, undefined as unknown as Socket),
    );
  }

  override keepSocketAlive(socket: Duplex): boolean {
    this.#idleSinceMs.set(socket, this.#clock.now());
    // Node returns whether to keep it (false when the server announced a time-out of a second); its types say nothing.
    return super.keepSocketAlive(socket) as unknown as boolean;
  }

  /** Closes connections whose time is over by the wall clock: timers stand still while a Lambda sleeps. */
  dropIdle(): void {
    const keptSinceMs = this.#clock.now() - IDLE_MS;
    for (const socket of Object.values(this.freeSockets).flatMap(sockets => sockets ?? [])) {
      if ((this.#idleSinceMs.get(socket) ?? 0) <= keptSinceMs) socket.destroy();
    }
  }
}
