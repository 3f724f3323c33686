import type { IncomingOffer, Session } from '../../sip/user-agent.ts';
import type { LineEvents } from '../network/phone-network.ts';
import type { AudioPort } from '../rtp/audio-port.ts';
import { answerAudio, offerAudio, type RemoteAudio, readAudio } from '../rtp/session-description.ts';

export interface ConnectorCallParts {
  /** Where its RTP is received. */
  address: string;
  random: () => number;
  openAudio: (onDigit: (digit: string) => void) => Promise<AudioPort>;
}

const NORMAL_END = 0;
const NOT_ACCEPTABLE = 488;

/** What a call through a Voice Connector is in either direction: its sound, its dialog, and that it ends once for everybody. */
export class ConnectorCall {
  /** Told when nothing of it is left. */
  onOver: () => void = () => {};
  /** Set before anything can happen that the runtime should hear of. */
  events: LineEvents | undefined;
  readonly #parts: ConnectorCallParts;
  readonly #sessionId: number;
  #descriptionVersion = 0;
  #audio: AudioPort | undefined;
  #session: Session | undefined;
  #isOver = false;

  constructor(parts: ConnectorCallParts) {
    this.#parts = parts;
    this.#sessionId = Math.floor(parts.random() * 2 ** 31);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get audio(): AudioPort | undefined {
    return this.#audio;
  }

  /** Takes a port for its RTP. False when the call ended meanwhile. @throws NoPortError */
  async openAudio(): Promise<boolean> {
    const audio = await this.#parts.openAudio(digit => {
      if (!this.#isOver) this.events?.digits(digit);
    });
    this.#audio = audio;
    if (this.#isOver) audio.close();
    return !this.#isOver;
  }

  offer(): string {
    return offerAudio(this.#local());
  }

  /** Our answer; the offer must have been read by `readAudio`. */
  answer(offer: string): string {
    return answerAudio(offer, this.#local());
  }

  /** The peer's description has come. */
  connect(remote: RemoteAudio): void {
    if (!this.#isOver) this.#audio?.connect(remote);
  }

  /** The call is answered: from now on its dialog ends it. */
  established(session: Session): void {
    this.#session = session;
    this.#audio?.answered();
    session.onOffer = offer => this.#renegotiate(offer);
    session.on('negotiated', () => {
      const remote = readAudio(session.remoteSdp ?? '');
      if (remote !== undefined) this.connect(remote);
    });
    session.on('ended', ({ by }) => {
      if (by !== 'local') this.farEnded(NORMAL_END);
    });
  }

  /** The far end has ended it, or it did not come about. */
  farEnded(sipCode: number): void {
    if (this.#isOver) return;
    this.#over();
    this.events?.ended(sipCode);
  }

  /** We have ended it. */
  end(): void {
    if (this.#isOver) return;
    this.#over();
    this.#session?.bye();
  }

  #over(): void {
    this.#isOver = true;
    this.#audio?.close();
    this.onOver();
  }

  /** Hold, another address, or the same again to keep a session alive (RFC 3264 §8, RFC 4028 §7.4). */
  #renegotiate(offer: IncomingOffer): void {
    if (offer.sdp === undefined) offer.accept(this.offer());
    else if (readAudio(offer.sdp) === undefined) offer.reject(NOT_ACCEPTABLE);
    else offer.accept(this.answer(offer.sdp));
  }

  #local() {
    const port = this.#audio?.port ?? 0;
    const version = ++this.#descriptionVersion;
    return { address: this.#parts.address, port, sessionId: this.#sessionId, version };
  }
}
