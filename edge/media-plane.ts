/**
 * What becomes of the media between the two sides. Signalling asks a `MediaPlane` for the descriptions to pass on; whether
 * media flows past the edge or through it is the plane's business.
 */
import type { Codec } from '../core/sip-target.ts';
import { blackHole, flowing, keepPcmu, offerCodecs, parseSdp, SdpRefused, writeSdp } from './sdp.ts';

export type Side = 'inside' | 'outside';

/** Media of one branch and, if it wins, of the bridge. */
export interface MediaPath {
  /** The offer for the target. */
  readonly offer: string;
  /** Whether `offer` names no real place for media, so that the target must be offered the other side's later. */
  readonly blackHole: boolean;
  /**
   * What the other side is told in place of a description that came from one side.
   * @throws SdpRefused when there is nothing that both could speak
   */
  pass(from: Side, kind: 'offer' | 'answer', sdp: string): Promise<string>;
  /** Set it to hear keys (RFC 4733), where media passes the edge. */
  onDigit?: ((from: Side, digit: string) => void) | undefined;
  /** Written down with a confirmed bridge, to go on after a restart. */
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
}

export interface MediaPlane {
  /** @throws SdpRefused when its codecs cannot be served, or the offer cannot be read */
  open(request: MediaRequest): Promise<MediaPath>;
  /** A path that was written down. */
  restore(snapshot: unknown, codecs: readonly Codec[]): MediaPath;
}

/**
 * Media flows past the edge: each side is told the other's address. The voice service speaks PCMU and telephone-event
 * only, so nothing but PCMU can be agreed on, whatever else a target was offered.
 */
export const directMedia: MediaPlane = {
  async open({ codecs, inside, address }) {
    if (!codecs.includes('PCMU'))
      throw new SdpRefused(
        `Codecs ${codecs.join(', ')} need a conversion, and this edge has no media relay. Add PCMU, or configure one.`,
      );
    const offer =
      inside === undefined ? blackHole(codecs, address, 1) : offerCodecs(parseSdp(inside), codecs);
    return directPath(codecs, writeSdp(offer), inside === undefined);
  },

  restore: (_snapshot, codecs) => directPath(codecs, '', false),
};

function directPath(codecs: readonly Codec[], offer: string, isBlackHole: boolean): MediaPath {
  let introduced = false;
  return {
    offer,
    blackHole: isBlackHole,
    async pass(from, kind, sdp) {
      if (from === 'outside') {
        const spoken = keepPcmu(parseSdp(sdp));
        // The answer to an offer from nowhere is often `inactive`: the voice service is to be offered more.
        const first = isBlackHole && kind === 'answer' && !introduced;
        introduced = true;
        return writeSdp(first ? flowing(spoken) : spoken);
      }
      return kind === 'offer' ? writeSdp(offerCodecs(parseSdp(sdp), codecs)) : sdp;
    },
    snapshot: () => undefined,
    close() {},
  };
}
