/**
 * What becomes of the media between the two sides. Signalling asks a `MediaPlane` for the descriptions to pass on; whether
 * media flows past the edge or through it is the plane's business.
 */
import type { MediaFigures } from '../core/media-figures.ts';
import type { Codec } from '../core/sip-target.ts';
import { deaf, flowing, speaking } from './direction.ts';
import { blackHole, keepPcmu, offerCodecs, parseSdp, type Sdp, writeSdp } from './sdp.ts';

export type Side = 'inside' | 'outside';

export const OTHER = { inside: 'outside', outside: 'inside' } as const satisfies Record<Side, Side>;

/** What was measured of each side's media. */
export type MediaStatistics = Readonly<Record<Side, MediaFigures>>;

/** Media of one branch and, if it wins, of the bridge. */
export interface MediaPath {
  /** The offer for the target. */
  readonly offer: string;
  /** Whether `offer` names no real place for media, so that the target must be offered the other side's later. */
  readonly blackHole: boolean;
  /** Media passes the edge: neither side need know where the other one is. */
  readonly isAnchored: boolean;
  /**
   * What the other side is told in place of a description that came from one side: the same in the same words. Its leg gives it the
   * origin that it has there, see `toldAfter`.
   * @throws SdpRefused when there is nothing that both could speak
   */
  pass(from: Side, kind: 'offer' | 'answer', sdp: string): Promise<string>;
  /**
   * What comes from that side is kept from the other one, or is passed on again. Where media flows past the edge, that is only said in
   * what the side is told from then on.
   */
  mute(side: Side, isMuted: boolean): Promise<void>;
  /** The offer that was passed on last was refused: everything is as it was before (RFC 3264 §8). */
  withdraw?(): void;
  /** Set it to hear keys (RFC 4733), where media passes the edge. */
  onDigit?: ((from: Side, digit: string) => void) | undefined;
  /** What was measured so far, where media passes the edge. It never fails: what is not known is undefined. */
  statistics?(): Promise<MediaStatistics | undefined>;
  /** Written down with a confirmed bridge, to go on after a restart. The same object as long as nothing of it changes. */
  snapshot(): unknown;
  /** Forgets it; harmless when repeated. */
  close(): void;
}

/** What a path is opened for. */
export interface MediaRequest {
  readonly callSid: string;
  readonly codecs: readonly Codec[];
  /** The inside leg's offer; undefined where the target is dialled first. */
  readonly inside: string | undefined;
  /** Our own address as the target sees it. */
  readonly address: string;
  /** Keys of the inside leg are waited for, so that media had better pass the edge. */
  readonly hearKeys?: boolean | undefined;
  /** What the target says of where its media is may be true in its own network only. */
  readonly behindNat?: boolean | undefined;
  /** The target asks for encrypted media. */
  readonly srtp?: boolean | undefined;
}

/** What a path is opened for where the call comes from outside. */
export interface MediaReception {
  readonly callSid: string;
  /** The caller's. */
  readonly offer: string;
  /** What the caller says of where its media is may be true in its own network only. */
  readonly behindNat?: boolean | undefined;
}

/** What a target is to be offered would have to be converted, and nobody here can. */
export class ConversionMissing extends Error {
  override readonly name = 'ConversionMissing';

  constructor(what: string, remedy: string) {
    super(
      `${what} cannot be offered: the voice service speaks PCMU only, and this edge cannot convert. ${remedy}`,
    );
  }
}

/** The part that media should pass does not answer, or is full. */
export class MediaUnavailable extends Error {
  override readonly name = 'MediaUnavailable';
}

export interface MediaPlane {
  /**
   * @throws ConversionMissing when its codecs cannot be served
   * @throws SdpRefused when the offer cannot be read, or has no PCMU
   * @throws MediaUnavailable
   */
  open(request: MediaRequest): Promise<MediaPath>;
  /** A path of a call that the outside begins: its offer is what is passed first, and the path has none of its own. */
  receive(reception: MediaReception): Promise<MediaPath>;
  /** A path that was written down; without codecs that of a call that came from outside. */
  restore(snapshot: unknown, codecs: readonly Codec[] | undefined): MediaPath;
}

/**
 * Media flows past the edge: each side is told the other's address. The voice service speaks PCMU and telephone-event
 * only, so nothing but PCMU can be agreed on, whatever else a target was offered.
 */
export const directMedia: MediaPlane = {
  async open({ callSid, codecs, inside, address }) {
    if (!codecs.includes('PCMU'))
      throw new ConversionMissing(
        `The codec list ${codecs.join(', ')}`,
        'Add PCMU, or configure a media relay.',
      );
    const offer =
      inside === undefined
        ? blackHole(codecs, address, sessionIdOf(callSid))
        : offerCodecs(parseSdp(inside), codecs);
    return new DirectPath(codecs, writeSdp(offer), inside === undefined);
  },

  async receive() {
    return new DirectPath(['PCMU'], '', false);
  },

  restore: (snapshot, codecs = ['PCMU']) =>
    new DirectPath(codecs, '', false, (snapshot as DirectSnapshot | undefined)?.muted),
};

/** Of a description of our own: a call's SID is as random as it has to be (RFC 4566 §5.2). */
const sessionIdOf = (callSid: string): number => Number.parseInt(callSid.slice(-8), 16) || 1;

class DirectPath implements MediaPath {
  readonly offer: string;
  readonly blackHole: boolean;
  readonly isAnchored = false;
  onDigit: MediaPath['onDigit'];
  readonly #codecs: readonly Codec[];
  #introduced = false;
  #snapshot: DirectSnapshot | undefined;

  constructor(codecs: readonly Codec[], offer: string, isBlackHole: boolean, muted: readonly Side[] = []) {
    this.#codecs = codecs;
    this.offer = offer;
    this.blackHole = isBlackHole;
    this.#snapshot = snapshotOf(muted);
  }

  async pass(from: Side, kind: 'offer' | 'answer', sdp: string): Promise<string> {
    const told = this.#passed(from, kind, sdp);
    const mutes = this.#snapshot?.muted ?? [];
    if (mutes.length === 0) return typeof told === 'string' ? told : written(told, sdp);
    const read = typeof told === 'string' ? parseSdp(told) : told;
    // Whoever is muted says that it only receives; the other one is not to take that for a hold of its own making.
    const heard = mutes.includes(from) ? speaking(read) : read;
    return writeSdp(mutes.includes(OTHER[from]) ? deaf(heard) : heard);
  }

  #passed(from: Side, kind: 'offer' | 'answer', sdp: string): Sdp | string {
    if (from === 'outside') {
      const spoken = keepPcmu(parseSdp(sdp));
      // The answer to an offer from nowhere is often `inactive`: the voice service is to be offered more.
      const first = this.blackHole && kind === 'answer' && !this.#introduced;
      this.#introduced = true;
      return first ? flowing(spoken) : spoken;
    }
    return kind === 'offer' ? offerCodecs(parseSdp(sdp), this.#codecs) : sdp;
  }

  async mute(side: Side, isMuted: boolean): Promise<void> {
    const others = (this.#snapshot?.muted ?? []).filter(each => each !== side);
    this.#snapshot = snapshotOf(isMuted ? [...others, side] : others);
  }

  snapshot(): DirectSnapshot | undefined {
    return this.#snapshot;
  }

  close(): void {}
}

/** What stays as it was is kept once, as long as the call stands. */
function written(sdp: Sdp, heard: string): string {
  const told = writeSdp(sdp);
  return told === heard ? heard : told;
}

interface DirectSnapshot {
  readonly plane: 'direct';
  readonly muted: readonly Side[];
}

const snapshotOf = (muted: readonly Side[]): DirectSnapshot | undefined =>
  muted.length === 0 ? undefined : { plane: 'direct', muted };
