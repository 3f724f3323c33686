/** Where packets come from, or go to. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

/** Whether packets may be sent to this IP address. */
export type MayReach = (address: string) => boolean;

/** What a packet says of the stream that it belongs to. */
export interface StreamPosition {
  readonly ssrc: number;
  readonly sequence: number;
}

/** RFC 3550 App. A.1, MIN_SEQUENTIAL: so many packets in a row make a source. */
const NEW_SOURCE_PACKETS = 2;
/** A source that takes the place of another one has to show more. */
const OTHER_SOURCE_PACKETS = 5;
/** The known source must have said nothing for so long, before another stream is believed, */
const SOURCE_LOST_MS = 2_000;
/** or the same stream from elsewhere: a NAT that has changed its mind. */
const SOURCE_MOVED_MS = 200;

/**
 * Where a peer really is (symmetric RTP, RFC 4961): behind a NAT its description names a place that nothing comes from. The
 * first source that sends a stream is the peer, and strangers do not take its place while it speaks; only the place
 * that the description names needs no proof. An address that may not be reached is nobody's: described, it says only that the peer
 * is elsewhere.
 */
export class Latch {
  readonly #mayReach: MayReach;
  #described: Place | undefined;
  #learned: (Place & { heardMs: number; ssrc: number }) | undefined;
  #candidate: (Place & StreamPosition & { packets: number }) | undefined;
  /** Where packets for the peer go until some have come. */
  #first: Place | undefined;

  constructor(mayReach: MayReach) {
    this.#mayReach = mayReach;
  }

  /** Where packets for the peer go. */
  get place(): Place | undefined {
    return this.#learned ?? this.#first;
  }

  /** What the peer says of itself; what was learned before holds no more if that is another place. */
  describe(place: Place | undefined): void {
    if (isSame(this.#described, place)) return;
    this.#described = place;
    this.#first = place && this.#mayReach(place.address) ? place : undefined;
    this.#learned = undefined;
    this.#candidate = undefined;
  }

  /** Whether a packet is the peer's. */
  accepts(from: Place, { ssrc, sequence }: StreamPosition, nowMs: number): boolean {
    const learned = this.#learned;
    if (learned !== undefined && isSame(learned, from)) {
      learned.heardMs = nowMs;
      learned.ssrc = ssrc;
      return true;
    }
    if (isSame(this.#described, from)) return this.#learn(from, ssrc, nowMs);
    if (learned !== undefined) {
      const silentMs = nowMs - learned.heardMs;
      if (silentMs < (ssrc === learned.ssrc ? SOURCE_MOVED_MS : SOURCE_LOST_MS)) return false;
    }
    const needed = learned === undefined ? NEW_SOURCE_PACKETS : OTHER_SOURCE_PACKETS;
    if (this.#inARow(from, { ssrc, sequence }) < needed) return false;
    return this.#learn(from, ssrc, nowMs);
  }

  #learn({ address, port }: Place, ssrc: number, nowMs: number): boolean {
    if (!this.#mayReach(address)) return false;
    this.#learned = { address, port, ssrc, heardMs: nowMs };
    this.#candidate = undefined;
    return true;
  }

  #inARow({ address, port }: Place, { ssrc, sequence }: StreamPosition): number {
    const before = this.#candidate;
    const follows =
      isSame(before, { address, port }) &&
      before?.ssrc === ssrc &&
      sequence === ((before.sequence + 1) & 0xffff);
    const packets = follows ? before.packets + 1 : 1;
    this.#candidate = { address, port, ssrc, sequence, packets };
    return packets;
  }
}

export function isSame(one: Place | undefined, other: Place | undefined): boolean {
  return one?.address === other?.address && one?.port === other?.port;
}
