/** A callee that is screened, with real media at each of three places: its document, itself and the caller. */
import type { SipTarget } from '../../../../core/sip-target.ts';
import type { MediaPlane } from '../../../../edge/media-plane.ts';
import type { Session } from '../../../../sip/user-agent.ts';
import { CONNECTOR, type ConnectorCall, EdgeStage, TOKEN } from '../../support/edge-stage.ts';
import { RtpEnd } from './rtp-end.ts';

const PACKET_MS = 20;
const PACKETS = 30;
/** What the caller and the document speak: PCMU, of these bytes. */
export const CALLER_BYTE = 0x21;
export const DOCUMENT_BYTE = 0x45;

/** How the callee speaks. */
export interface Voice {
  /** What it answers to an offer. */
  answer(end: RtpEnd, offer: string): string;
  /** Says 20 ms of something. */
  say(end: RtpEnd, sdp: string): void;
  /** The sound of the packets that it has heard. */
  heard(end: RtpEnd): Uint8Array[];
}

/** What two that talk have heard of each other. */
export interface Talk {
  callee: Uint8Array[];
  other: Uint8Array[];
}

export class ScreenedCall {
  readonly stage: EdgeStage;
  readonly caller: RtpEnd;
  readonly callee: RtpEnd;
  readonly #document: RtpEnd;
  readonly #voice: Voice;
  readonly #call: ConnectorCall;
  #calleeSession: Session | undefined;
  #documentSession: Session | undefined;

  private constructor(stage: EdgeStage, ends: [RtpEnd, RtpEnd, RtpEnd], voice: Voice) {
    this.stage = stage;
    [this.caller, this.callee, this.#document] = ends;
    this.#voice = voice;
    stage.connector.onInvite = invitation => {
      this.#documentSession = invitation.accept({ sdp: this.#document.sdp('0 101') });
    };
    this.#call = stage.call({ sdp: this.caller.sdp('0 101') });
  }

  /** The callee has answered, and hears its document. */
  static async begin(media: MediaPlane, target: Partial<SipTarget>, voice: Voice): Promise<ScreenedCall> {
    const stage = await EdgeStage.open({
      media,
      voiceConnector: { uri: `sip:+17035550122@${CONNECTOR}`, from: '+15550199' },
    });
    const screening = {
      document: { url: 'https://example.com/', method: 'POST' },
      timeoutSeconds: 60,
    } as const;
    await stage.plan([{ ...target, screening }]);
    const ends = await Promise.all([RtpEnd.open(1), RtpEnd.open(2), RtpEnd.open(3)]);
    // Their numbers do not come round, which whoever decrypts would have to count.
    for (const end of ends) end.sequence = 100;
    const call = new ScreenedCall(stage, ends, voice);
    await stage.phone(1, invitation => {
      const { callee } = call;
      const session = invitation.accept({ sdp: voice.answer(callee, invitation.sdp ?? '') });
      session.onOffer = offer => offer.accept(voice.answer(callee, offer.sdp ?? ''));
      call.#calleeSession = session;
    });
    await call.#passes();
    return call;
  }

  get isJoined(): boolean {
    return this.#call.session !== undefined;
  }

  async accepts(): Promise<void> {
    await this.stage.plans.decide(TOKEN, 0, { accepted: true, notifications: [] });
    this.#documentSession?.bye();
    await this.#passes();
  }

  withDocument = (): Promise<Talk> => this.#talk(this.#document, this.#documentSession, DOCUMENT_BYTE);
  withCaller = (): Promise<Talk> => this.#talk(this.caller, this.#call.session, CALLER_BYTE);

  async close(): Promise<void> {
    this.#call.session?.bye();
    this.#calleeSession?.bye();
    await this.#passes();
    for (const end of [this.caller, this.callee, this.#document]) end.close();
  }

  /** Both talk at a telephone's pace. The first packets of a source are only a claim, and prove nothing. */
  async #talk(other: RtpEnd, session: Session | undefined, byte: number): Promise<Talk> {
    const before = this.#voice.heard(this.callee).length;
    const otherBefore = other.heard.length;
    for (let sent = 0; sent < PACKETS; sent++) {
      other.say(session?.remoteSdp ?? '', 0, byte);
      this.#voice.say(this.callee, this.#calleeSession?.remoteSdp ?? '');
      await new Promise(resolve => setTimeout(resolve, PACKET_MS));
    }
    return {
      callee: this.#voice.heard(this.callee).slice(before),
      other: other.heard.slice(otherBefore).map(({ payload }) => payload),
    };
  }

  /** Signalling has virtual time, and what media needs for it real time: both pass. */
  async #passes(): Promise<void> {
    for (let round = 0; round < 25; round++) {
      await this.stage.clock.advance(20);
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  }
}
