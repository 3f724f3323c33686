import type { Codec } from '../../core/sip-target.ts';
import { bindRtpPair, bindSamePair, type PortRange } from '../../rtp/ports.ts';
import type { Clock } from '../../sip/clock.ts';
import type { Random } from '../../sip/random.ts';
import {
  ConversionMissing,
  type MediaPath,
  type MediaPlane,
  type MediaStatistics,
  MediaUnavailable,
  OTHER,
  type Side,
} from '../media-plane.ts';
import { parseSdp, type Sdp, SdpRefused, writeSdp } from '../sdp.ts';
import type { TargetGuard } from '../target-guard.ts';
import {
  type AudioDescription,
  blankAudio,
  formatOf,
  type KnownFormat,
  RELAYED,
  type Relayed,
  readAudio,
  retold,
} from './audio-description.ts';
import type { MayReach } from './latch.ts';
import { RelaySide, type RelaySideSnapshot } from './relay-side.ts';

export interface AnchoredMediaOptions {
  /** Of this machine: where RTP is received. */
  readonly address: string;
  /** Where both sides send it, behind a NAT of our own; `address` when not given. */
  readonly advertisedAddress?: string | undefined;
  /** Four ports for each call that is answered, and for each target while it rings. */
  readonly ports: PortRange;
  /** Which addresses of the outside may be sent media. */
  readonly targets: TargetGuard;
  readonly clock: Clock;
  readonly random: Random;
  /** A relay of an earlier process could not get its ports back: that call stays silent. */
  readonly onLost?: ((error: unknown) => void) | undefined;
}

interface Snapshot {
  readonly plane: 'relay';
  readonly muted?: readonly Side[];
  readonly sides: Readonly<Record<Side, RelaySideSnapshot>>;
}

const LARGEST_SESSION_ID = 2 ** 31;

/**
 * Media through the edge itself, for PCMU and PCMA. A translator in the sense of RFC 3550 §7.1: a packet goes on as a packet, with
 * another payload type and perhaps other samples, and with the SSRC, number and time that its sender gave it.
 */
export function anchoredMedia(options: AnchoredMediaOptions): MediaPlane {
  const { address, ports, targets, clock, random } = options;
  const now = () => clock.now();
  const mayReach: Readonly<Record<Side, MayReach>> = {
    inside: () => true,
    outside: place => targets.refusal(place) === undefined,
  };

  async function newSide(side: Side): Promise<RelaySide> {
    const sockets = await bindRtpPair(address, ports, random).catch(cause => {
      throw new MediaUnavailable('No port for media is free.', { cause });
    });
    const made = new RelaySide(
      { port: sockets.rtp.address().port, sessionId: Math.floor(random() * LARGEST_SESSION_ID) },
      { now, mayReach: mayReach[side] },
    );
    made.attach(sockets);
    return made;
  }

  function sameSide(side: Side, snapshot: RelaySideSnapshot): RelaySide {
    const made = new RelaySide(snapshot, { now, mayReach: mayReach[side] });
    bindSamePair(address, snapshot.port).then(
      sockets => made.attach(sockets),
      error => options.onLost?.(error),
    );
    return made;
  }

  return {
    async open({ codecs, inside }) {
      const relayed = codecs.filter(isRelayed);
      if (relayed.length < codecs.length || relayed.length === 0)
        throw new ConversionMissing(
          `The codec list ${codecs.join(', ')}`,
          `The edge's own relay converts ${RELAYED.join(' and ')}; for more, configure rtpengine.`,
        );
      const sdp = inside === undefined ? blankAudio() : parseSdp(inside);
      const heard = readAudio(sdp);
      if (inside !== undefined) audioFormat(heard, ['PCMU']);
      const first = await newSide('inside');
      try {
        const sides = { inside: first, outside: await newSide('outside') };
        if (inside !== undefined) sides.inside.remote = heard;
        return new AnchoredPath(sides, relayed, options, sdp);
      } catch (error) {
        first.close();
        throw error;
      }
    },

    async receive() {
      const first = await newSide('inside');
      try {
        return new AnchoredPath({ inside: first, outside: await newSide('outside') }, RELAYED, options);
      } catch (error) {
        first.close();
        throw error;
      }
    },

    restore(snapshot, codecs = RELAYED) {
      const { sides, muted = [] } = snapshot as Snapshot;
      const path = new AnchoredPath(
        { inside: sameSide('inside', sides.inside), outside: sameSide('outside', sides.outside) },
        codecs.filter(isRelayed),
        options,
      );
      for (const side of muted) void path.mute(side, true);
      return path;
    },
  };
}

class AnchoredPath implements MediaPath {
  readonly offer: string;
  readonly blackHole = false;
  readonly isAnchored = true;
  onDigit: MediaPath['onDigit'];
  readonly #sides: Readonly<Record<Side, RelaySide>>;
  readonly #codecs: readonly Relayed[];
  readonly #address: string;
  #snapshot: Snapshot | undefined;
  readonly #muted = new Set<Side>();
  /** An offer that is not answered yet: if it is refused, everything stays as it was (RFC 3264 §8). */
  #pending: { readonly from: Side; readonly heard: AudioDescription } | undefined;

  constructor(
    sides: Readonly<Record<Side, RelaySide>>,
    codecs: readonly Relayed[],
    { address, advertisedAddress = address }: AnchoredMediaOptions,
    first?: Sdp,
  ) {
    this.#sides = sides;
    this.#codecs = codecs;
    this.#address = advertisedAddress;
    for (const from of ['inside', 'outside'] as const) {
      const [side, other] = [sides[from], sides[OTHER[from]]];
      side.onPacket = passing => {
        if (!this.#muted.has(from)) other.send(passing);
      };
      side.onRtcp = bytes => other.sendRtcp(bytes);
      side.onDigit = digit => this.onDigit?.(from, digit);
    }
    this.offer = first === undefined ? '' : this.#tell('outside', 'offer', first, readAudio(first));
  }

  async pass(from: Side, kind: 'offer' | 'answer', text: string): Promise<string> {
    const sdp = parseSdp(text);
    const heard = readAudio(sdp);
    const speaks = from === 'inside' ? (['PCMU'] as const) : RELAYED;
    if (!heard.refused) audioFormat(heard, speaks);
    const told = this.#tell(OTHER[from], kind, sdp, heard);
    this.#snapshot = undefined;
    if (kind === 'offer') this.#pending = { from, heard };
    else {
      if (this.#pending?.from === OTHER[from]) this.#sides[OTHER[from]].remote = this.#pending.heard;
      this.#pending = undefined;
      this.#sides[from].remote = heard;
    }
    return told;
  }

  withdraw(): void {
    this.#pending = undefined;
  }

  async mute(side: Side, isMuted: boolean): Promise<void> {
    if (isMuted) this.#muted.add(side);
    else this.#muted.delete(side);
    this.#snapshot = undefined;
  }

  async statistics(): Promise<MediaStatistics> {
    return { inside: this.#sides.inside.figures, outside: this.#sides.outside.figures };
  }

  /** The same object as long as nothing was said, so that whoever writes it down can tell. */
  snapshot(): Snapshot {
    const { inside, outside } = this.#sides;
    this.#snapshot ??= {
      plane: 'relay',
      ...(this.#muted.size > 0 && { muted: [...this.#muted] }),
      sides: { inside: inside.snapshot(), outside: outside.snapshot() },
    };
    return this.#snapshot;
  }

  close(): void {
    this.#sides.inside.close();
    this.#sides.outside.close();
  }

  #tell(to: Side, kind: 'offer' | 'answer', sdp: Sdp, heard: AudioDescription): string {
    const side = this.#sides[to];
    const asked = this.#pending?.from === to && kind === 'answer' ? this.#pending.heard : side.remote;
    const formats = [
      ...(to === 'inside' ? [formatOf('PCMU')] : this.#outsideFormats(kind, asked)),
      ...keyFormat(heard, asked),
    ];
    const own = {
      address: this.#address,
      port: side.port,
      sessionId: side.sessionId,
      protocol: (kind === 'answer' && asked?.protocol) || 'RTP/AVP',
      formats,
    };
    side.expect(formats);
    return writeSdp(retold(sdp, heard, own));
  }

  /** All that was asked for, in its order; or, as an answer, the first of what the target offers. */
  #outsideFormats(kind: 'offer' | 'answer', asked: AudioDescription | undefined): readonly KnownFormat[] {
    if (kind === 'answer' && asked !== undefined) return [audioFormat(asked, RELAYED)];
    return this.#codecs.map(codec => asked?.formats.find(format => format.kind === codec) ?? formatOf(codec));
  }
}

/** Keys go through where both sides take them; each has its own payload type for them. */
function keyFormat(heard: AudioDescription, asked: AudioDescription | undefined): KnownFormat[] {
  const isKeys = ({ kind }: KnownFormat) => kind === 'keys';
  const theirs = heard.formats.find(isKeys);
  if (theirs === undefined) return [];
  if (asked === undefined) return [theirs];
  return asked.formats.filter(isKeys).slice(0, 1);
}

/** The first that is one of these. @throws SdpRefused when there is none */
function audioFormat({ formats }: AudioDescription, codecs: readonly Relayed[]): KnownFormat {
  const found = formats.find(({ kind }) => codecs.some(codec => codec === kind));
  if (found === undefined) throw new SdpRefused(`There is no ${codecs.join(' or ')} in it.`);
  return found;
}

function isRelayed(codec: Codec): codec is Relayed {
  return RELAYED.some(name => name === codec);
}
