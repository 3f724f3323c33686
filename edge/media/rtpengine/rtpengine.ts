import type { MediaFigures } from '../../../core/media-figures.ts';
import { CODECS, type Codec } from '../../../core/sip-target.ts';
import type { Clock } from '../../../sip/clock.ts';
import { type Random, randomInteger, randomToken } from '../../../sip/random.ts';
import {
  ConversionMissing,
  type MediaPath,
  type MediaPlane,
  type MediaStatistics,
  MediaUnavailable,
  OTHER,
  type Side,
} from '../../media-plane.ts';
import { audioOf, isSecure, keepPcmu, parseSdp, type Sdp, writeSdp } from '../../sdp.ts';
import type { TargetGuard } from '../../target-guard.ts';
import type { Decoded } from './bencode.ts';
import { offerFlags, PLAIN } from './flags.ts';
import { NgClient, type NgReply, type NgRequest } from './ng-client.ts';
import { NOBODY, reachable } from './reachable.ts';

export interface RtpengineOptions {
  /** Of its `listen-ng`. */
  readonly host: string;
  readonly port: number;
  /** Where both sides send it media, in place of the address that it was started with. */
  readonly advertisedAddress?: string | undefined;
  /** Which addresses of the outside may be sent media. */
  readonly targets: TargetGuard;
  readonly clock: Clock;
  readonly random: Random;
}

interface Engine {
  ask(request: NgRequest): Promise<NgReply>;
  /** What is answered with a description: `sdp` is what that side says. @throws SdpRefused */
  describe(from: Side, request: NgRequest & { readonly sdp: string }): Promise<NgReply>;
}

interface Told {
  readonly sessionId: number;
  readonly text: string;
}

/** One offer, and its answer. */
interface Agreed {
  readonly from: Side;
  readonly offer: string;
  readonly answer: string;
}

interface Snapshot {
  readonly plane: 'rtpengine';
  readonly callId: string;
  readonly srtp: boolean;
  readonly told: Readonly<Record<Side, Told>>;
  readonly agreed?: Agreed | undefined;
}

const CALL_ID_CHARACTERS = 26;
const LARGEST_SESSION_ID = 2 ** 31 - 1;

/** Media through rtpengine, which converts any codec of the list, and encrypts. */
export function rtpengineMedia(options: RtpengineOptions): MediaPlane & { close(): void } {
  const { random, advertisedAddress, targets } = options;
  const client = new NgClient(options);
  const engine: Engine = {
    ask: request => client.request(request),
    describe: async (from, request) => {
      const sdp = from === 'outside' ? reachable(request.sdp, targets) : request.sdp;
      return client.request({ ...request, sdp, 'media address': advertisedAddress });
    },
  };
  const nothingTold = (): Told => ({
    sessionId: randomInteger(random, 1, LARGEST_SESSION_ID),
    text: '',
  });

  const newSnapshot = (srtp: boolean): Snapshot => ({
    plane: 'rtpengine',
    callId: randomToken(random, CALL_ID_CHARACTERS),
    srtp,
    told: { inside: nothingTold(), outside: nothingTold() },
  });

  return {
    async open({ codecs, inside, srtp = false }) {
      if (inside !== undefined) keepPcmu(parseSdp(inside));
      const path = new RtpenginePath(engine, newSnapshot(srtp), codecs, inside === undefined);
      await path.begin(inside ?? nowhere());
      return path;
    },

    async receive({ offer }) {
      const isSrtp = isSecure(audioOf(parseSdp(offer)));
      return new RtpenginePath(engine, newSnapshot(isSrtp), CODECS, false);
    },

    restore: (snapshot, codecs = CODECS) => new RtpenginePath(engine, snapshot as Snapshot, codecs, false),

    close: () => client.close(),
  };
}

class RtpenginePath implements MediaPath {
  offer = '';
  readonly blackHole = false;
  readonly isAnchored = true;
  onDigit: MediaPath['onDigit'];
  readonly #engine: Engine;
  readonly #codecs: readonly Codec[];
  #snapshot: Snapshot;
  /** Whose offer is to be answered next, or was answered last; and what it was. */
  #offerer: Side = 'inside';
  #offered = '';
  /** The engine hears of one thing after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  /** What the target said, while the inside leg is not there yet. */
  #introduction: { answer: string } | undefined;
  #closed = false;

  constructor(engine: Engine, snapshot: Snapshot, codecs: readonly Codec[], isAlone: boolean) {
    this.#engine = engine;
    this.#snapshot = snapshot;
    this.#codecs = codecs;
    if (isAlone) this.#introduction = { answer: '' };
  }

  async begin(sdp: string): Promise<void> {
    try {
      this.offer = await this.#offerTo('outside', sdp);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  pass(from: Side, kind: 'offer' | 'answer', sdp: string): Promise<string> {
    return this.#inTurn(() => this.#pass(from, kind, sdp));
  }

  /** The engine has taken the offer in already: it is told again what was agreed before, and nobody else is. */
  withdraw(): void {
    const { agreed, told } = this.#snapshot;
    if (agreed === undefined) return;
    void this.#inTurn(async () => {
      await this.#offerTo(OTHER[agreed.from], agreed.offer);
      await this.#answerFrom(OTHER[agreed.from], agreed.answer);
      this.#snapshot = { ...this.#snapshot, told };
    }).catch(() => {});
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(run);
    this.#queue = done.catch(() => {});
    return done;
  }

  async #pass(from: Side, kind: 'offer' | 'answer', sdp: string): Promise<string> {
    if (kind === 'offer') return this.#offerTo(OTHER[from], sdp);
    if (from === 'inside' && this.#introduction) return this.#introduce(this.#introduction.answer, sdp);
    if (this.#introduction) this.#introduction.answer = sdp;
    return this.#answerFrom(from, sdp);
  }

  /** The engine keeps it through later offers, and through a restart of ours. */
  mute(side: Side, isMuted: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const command = isMuted ? 'block media' : 'unblock media';
      await this.#engine.ask({ command, 'call-id': this.#snapshot.callId, 'from-tag': side });
    });
  }

  async statistics(): Promise<MediaStatistics | undefined> {
    try {
      return figuresIn(await this.#engine.ask({ command: 'query', 'call-id': this.#snapshot.callId }));
    } catch {
      return undefined;
    }
  }

  snapshot(): Snapshot {
    return this.#snapshot;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#engine
      .ask({ command: 'delete', 'call-id': this.#snapshot.callId, 'from-tag': 'inside' })
      // The engine forgets a call that nothing comes for.
      .catch(() => {});
  }

  async #offerTo(to: Side, sdp: string): Promise<string> {
    this.#offerer = OTHER[to];
    this.#offered = sdp;
    const { callId, srtp, told } = this.#snapshot;
    const isKnown = told[to].text !== '';
    const answer = await this.#describe(OTHER[to], {
      command: 'offer',
      'call-id': callId,
      'from-tag': OTHER[to],
      // The engine learns a tag with the first answer.
      'to-tag': isKnown ? to : undefined,
      sdp,
      ...offerFlags(to, this.#codecs, srtp),
    });
    return this.#tell(to, to === 'inside' ? keepPcmu(answer) : this.#inOrder(answer));
  }

  async #answerFrom(from: Side, sdp: string): Promise<string> {
    const answer = await this.#describe(from, {
      command: 'answer',
      'call-id': this.#snapshot.callId,
      'from-tag': this.#offerer,
      'to-tag': from,
      sdp,
      ...PLAIN,
    });
    const told = this.#tell(OTHER[from], from === 'outside' ? keepPcmu(answer) : answer);
    const agreed = { from: this.#offerer, offer: this.#offered, answer: sdp };
    this.#snapshot = { ...this.#snapshot, agreed };
    return told;
  }

  /** The engine is told of the inside leg as if it had offered; its ports stay, so that the target need not hear of it. */
  async #introduce(answer: string, sdp: string): Promise<string> {
    this.#introduction = undefined;
    const told = await this.#offerTo('outside', sdp);
    await this.#answerFrom('outside', answer);
    return told;
  }

  async #describe(...asked: Parameters<Engine['describe']>): Promise<Sdp> {
    const { sdp } = await this.#engine.describe(...asked);
    if (typeof sdp !== 'string') throw new MediaUnavailable('rtpengine gave no description.');
    return parseSdp(sdp);
  }

  /** All codecs in the order that was asked for, and keys. @throws ConversionMissing when this engine lacks one */
  #inOrder(sdp: Sdp): Sdp {
    return {
      ...sdp,
      media: sdp.media.map(section => {
        if (section.kind !== 'audio' || section.port === '0') return section;
        const named = (name: string) =>
          section.formats.filter(({ map }) => map.toUpperCase().startsWith(`${name}/`));
        const missing = this.#codecs.filter(codec => named(codec).length === 0);
        if (missing.length > 0)
          throw new ConversionMissing(
            `The codec list ${this.#codecs.join(', ')}`,
            `This rtpengine has no ${missing.join(', ')}.`,
          );
        return {
          ...section,
          formats: [...this.#codecs.flatMap(codec => named(codec)), ...named('TELEPHONE-EVENT')],
        };
      }),
    };
  }

  /** In a session of our own towards each side. */
  #tell(to: Side, sdp: Sdp): string {
    const { sessionId, text: before } = this.#snapshot.told[to];
    const text = writeSdp(withOrigin(sdp, sessionId));
    if (text === before) return before;
    this.#snapshot = { ...this.#snapshot, told: { ...this.#snapshot.told, [to]: { sessionId, text } } };
    return text;
  }
}

function withOrigin(sdp: Sdp, sessionId: number): Sdp {
  const origin = (line: string) => {
    const [, , , ...place] = line.split(' ');
    return ['o=-', sessionId, 1, ...place].join(' ');
  };
  return { ...sdp, session: sdp.session.map(line => (line.startsWith('o=') ? origin(line) : line)) };
}

/** A PCMU side that is not there yet. */
function nowhere(): string {
  return [
    'v=0',
    `o=- 1 1 IN IP4 ${NOBODY.IP4}`,
    's=-',
    `c=IN IP4 ${NOBODY.IP4}`,
    't=0 0',
    'm=audio 9 RTP/AVP 0 101',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    '',
  ].join('\r\n');
}

/** What the engine counted. Loss and jitter it knows only where a side reports them over RTCP. */
function figuresIn(reply: NgReply): MediaStatistics {
  const of = (side: Side): MediaFigures => {
    const stream = ['tags', side, 'medias', 0, 'streams', 0] as const;
    const [packets, ssrc] = [at(reply, ...stream, 'stats', 'packets'), at(reply, ...stream, 'SSRC')];
    const reported = (...path: string[]) =>
      ssrc === undefined ? undefined : at(reply, 'SSRC', ssrc, ...path);
    const lost = reported('cumulative loss');
    const [tenths, jitterMs] = [reported('average MOS', 'MOS'), reported('average MOS', 'jitter')];
    return {
      packetsReceived: packets ?? 0,
      ...(lost !== undefined && { packetsLost: lost }),
      ...(jitterMs !== undefined && { jitterMs }),
      ...(tenths !== undefined && { mos: tenths / 10 }),
    };
  };
  return { inside: of('inside'), outside: of('outside') };
}

/** The number in that place. */
function at(from: Decoded | NgReply, ...path: readonly (string | number)[]): number | undefined {
  const found = path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    from,
  );
  return typeof found === 'number' ? found : undefined;
}
