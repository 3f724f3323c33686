import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Clock, TimerHandle } from '../../../sip/clock.ts';
import { type Random, randomToken } from '../../../sip/random.ts';
import { MediaUnavailable } from '../../media-plane.ts';
import { type Bencoded, type Decoded, decode, encode } from './bencode.ts';

export interface NgClientOptions {
  /** Of rtpengine's `listen-ng`. */
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly random: Random;
}

export type NgRequest = { readonly command: string } & { readonly [key: string]: Bencoded | undefined };
export type NgReply = { readonly [key: string]: Decoded };

/** A request is sent again after these, with the same cookie: the engine gives a repeated one its first answer. */
const SEND_AGAIN_MS: readonly number[] = [250, 500, 1_000];
/** After the last of them. */
const GIVE_UP_MS = 1_250;

interface Pending {
  readonly resolve: (reply: NgReply) => void;
  readonly reject: (error: Error) => void;
  timer: TimerHandle | undefined;
}

/** Speaks the ng protocol over UDP: a cookie, a space, a bencoded dictionary; the answer has the same cookie. */
export class NgClient {
  readonly #options: NgClientOptions;
  readonly #pending = new Map<string, Pending>();
  readonly #name: string;
  #socket: Socket | undefined;
  #count = 0;

  constructor(options: NgClientOptions) {
    this.#options = options;
    // Two clients of one engine must not share cookies.
    this.#name = randomToken(options.random);
  }

  /** @throws MediaUnavailable when there is no answer, or it is an error */
  request(request: NgRequest): Promise<NgReply> {
    const cookie = `${this.#name}_${++this.#count}`;
    const bytes = Buffer.concat([Buffer.from(`${cookie} `), encode(request)]);
    return new Promise((resolve, reject) => {
      const pending: Pending = { resolve, reject, timer: undefined };
      this.#pending.set(cookie, pending);
      this.#send(cookie, bytes, pending, 0);
    });
  }

  /** Whatever is not answered is given up. */
  close(): void {
    for (const cookie of [...this.#pending.keys()]) this.#fail(cookie, 'was closed');
    this.#socket?.close();
    this.#socket = undefined;
  }

  #send(cookie: string, bytes: Buffer, pending: Pending, tries: number): void {
    const { host, port, clock } = this.#options;
    this.#socket ??= this.#open();
    // Whatever goes wrong here is a request that is not answered.
    this.#socket.send(bytes, port, host, () => {});
    const again = SEND_AGAIN_MS[tries];
    pending.timer = clock.setTimeout(
      () =>
        again === undefined
          ? this.#fail(cookie, `at ${host}:${port} does not answer`)
          : this.#send(cookie, bytes, pending, tries + 1),
      again ?? GIVE_UP_MS,
    );
  }

  #open(): Socket {
    const socket = createSocket(isIPv6(this.#options.host) ? 'udp6' : 'udp4');
    socket.on('message', bytes => this.#receive(bytes));
    socket.on('error', () => {});
    socket.unref();
    return socket;
  }

  #receive(bytes: Buffer): void {
    const space = bytes.indexOf(' ');
    const cookie = bytes.toString('latin1', 0, Math.max(0, space));
    const pending = this.#pending.get(cookie);
    const reply = pending && replyIn(bytes.subarray(space + 1));
    if (pending === undefined || reply === undefined) return;
    this.#pending.delete(cookie);
    this.#options.clock.clearTimeout(pending.timer);
    if (reply.result === 'ok' || reply.result === 'pong') pending.resolve(reply);
    else pending.reject(new MediaUnavailable(`rtpengine refused: ${reply['error-reason'] ?? reply.result}`));
  }

  #fail(cookie: string, why: string): void {
    const pending = this.#pending.get(cookie);
    if (pending === undefined) return;
    this.#pending.delete(cookie);
    this.#options.clock.clearTimeout(pending.timer);
    pending.reject(new MediaUnavailable(`rtpengine ${why}.`));
  }
}

function replyIn(bytes: Buffer): NgReply | undefined {
  try {
    const reply = decode(bytes);
    return typeof reply === 'object' && !Array.isArray(reply) ? reply : undefined;
  } catch {
    return undefined;
  }
}
