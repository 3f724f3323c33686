import type { Socket } from 'node:dgram';
import { sendPacket } from '../../rtp/send-packet.ts';

export interface RtpSource {
  address: string;
  port: number;
}

/** Another source is believed once the one that was learned has said nothing for so long. */
const SOURCE_LOST_MS = 2_000;

/** A socket that sends to where its peer really is (symmetric RTP, RFC 4961): the source of what comes, once something came. */
export class RtpSocket {
  /** Gets what the peer sends, and nothing from anywhere else. */
  onBytes: ((bytes: Buffer, arrivalMs: number) => void) | undefined;
  readonly port: number;
  readonly #socket: Socket;
  readonly #now: () => number;
  #described: RtpSource | undefined;
  #learned: (RtpSource & { heardMs: number }) | undefined;
  #open = true;

  constructor(socket: Socket, now: () => number) {
    this.#socket = socket;
    this.#now = now;
    this.port = socket.address().port;
    socket.on('message', (bytes, from) => {
      const arrivalMs = this.#now();
      if (this.#open && this.#isPeer(from, arrivalMs)) this.onBytes?.(bytes, arrivalMs);
    });
  }

  /** Where the peer's description says it is; what was learned before holds no more if that is another place. */
  describe(remote: RtpSource): void {
    const isSame = this.#described?.address === remote.address && this.#described.port === remote.port;
    if (!isSame) this.#learned = undefined;
    this.#described = remote;
  }

  send(bytes: Uint8Array): boolean {
    const to = this.#learned ?? this.#described;
    if (!this.#open || to === undefined) return false;
    return sendPacket(this.#socket, bytes, to);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.close();
  }

  #isPeer({ address, port }: RtpSource, nowMs: number): boolean {
    const learned = this.#learned;
    const isKnown = learned?.address === address && learned.port === port;
    if (!isKnown && learned !== undefined && nowMs - learned.heardMs < SOURCE_LOST_MS) return false;
    this.#learned = { address, port, heardMs: nowMs };
    return true;
  }
}
