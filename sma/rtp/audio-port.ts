import { opinionScore } from '../../rtp/e-model.ts';
import { PACKET_MS } from '../../rtp/g711.ts';
import { KeyReceiver } from '../../rtp/key-receiver.ts';
import { parseRtp } from '../../rtp/packet.ts';
import { Reception } from '../../rtp/reception.ts';
import type { Clock } from '../clock.ts';
import type { LegMedia } from '../contract/leg-media.ts';
import type { Prompt } from '../media/prompt.ts';
import type { LineAudio } from '../network/phone-network.ts';
import { Reports } from './reports.ts';
import type { RtpSocket } from './rtp-socket.ts';
import { EVENT_PAYLOAD_TYPE, PCMU, type RemoteAudio } from './session-description.ts';
import { type PacketKind, SoundSender } from './sound-sender.ts';

export interface AudioPortSettings {
  socket: RtpSocket;
  /** One port above it. */
  rtcp: RtpSocket;
  clock: Clock;
  random: () => number;
  /** A key was pressed at the far end. */
  onDigit: (digit: string) => void;
}

/** One end of a call's sound: PCMU and telephone events over RTP (RFC 3550, RFC 3551, RFC 4733). */
export class AudioPort implements LineAudio {
  readonly #socket: RtpSocket;
  readonly #rtcp: RtpSocket;
  readonly #reports: Reports;
  readonly #onDigit: (digit: string) => void;
  readonly #sender: SoundSender;
  readonly #keys = new KeyReceiver();
  readonly #reception = new Reception();
  #digitPacketsIn = 0;
  #source: number | undefined;
  #remote: RemoteAudio | undefined;
  #joined: AudioPort | undefined;
  #isAnswered = false;
  #hadEarlyMedia = false;
  #isClosed = false;

  constructor({ socket, rtcp, clock, random, onDigit }: AudioPortSettings) {
    this.#socket = socket;
    this.#onDigit = onDigit;
    this.#sender = new SoundSender(socket, clock, random);
    this.#rtcp = rtcp;
    this.#reports = new Reports({
      socket: rtcp,
      clock,
      ssrc: this.#sender.ssrc,
      reception: this.#reception,
      sender: () => this.#sender.info,
    });
    socket.onBytes = (bytes, arrivalMs) => this.#receive(bytes, arrivalMs);
  }

  /** Its port on this machine. */
  get port(): number {
    return this.#socket.port;
  }

  get isJoined(): boolean {
    return this.#joined !== undefined;
  }

  get playingMs(): number | undefined {
    return this.#sender.playingMs;
  }

  /** The peer has said where it is, for the first time or anew: sound begins. */
  connect(remote: RemoteAudio): void {
    this.#remote = remote;
    this.#socket.describe(remote);
    this.#rtcp.describe(remote.rtcp);
    this.#sender.sendTo(remote);
    if (!this.#isClosed) this.#reports.start();
  }

  /** What comes from now on is no early media. */
  answered(): void {
    this.#isAnswered = true;
  }

  /** After what plays already. */
  play(prompt: Prompt): void {
    this.#sender.play(prompt);
  }

  stopPlaying(): void {
    this.#sender.stopPlaying();
  }

  sendDigits(digits: string, toneMs: number): void {
    this.#sender.press(digits, toneMs);
  }

  join(other: LineAudio): void {
    if (!(other instanceof AudioPort) || this.#isClosed || other.#isClosed) return;
    this.leave();
    other.leave();
    this.#setJoined(other);
    other.#setJoined(this);
  }

  leave(): void {
    if (this.#joined !== undefined) this.#joined.#setJoined(undefined);
    this.#setJoined(undefined);
  }

  get measured(): LegMedia {
    const report = this.#reception.report;
    const { audio, keys } = this.#sender.sent;
    const unheard = report.lost + report.late;
    const lossPercent = report.expected === 0 ? 0 : (100 * unheard) / report.expected;
    const { roundTripMs } = this.#reports;
    // A packet's own time, a jitter buffer of twice the jitter, and the way, where the peer's reports tell of it.
    const delayMs = PACKET_MS + 2 * report.jitterMs + (roundTripMs ?? 0) / 2;
    return {
      packetsIn: report.received,
      packetsOut: audio + keys,
      digitPacketsIn: this.#digitPacketsIn,
      digitPacketsOut: keys,
      packetsLost: report.lost,
      packetsLate: report.late,
      jitterMinMs: report.jitterMinMs,
      jitterMaxMs: report.jitterMaxMs,
      largestJitterBufferPackets: report.largestJitterBufferPackets,
      averagePacketMs: report.averagePacketMs,
      roundTripMs,
      mos: opinionScore({ delayMs, lossPercent }),
      earlyMedia: this.#hadEarlyMedia,
    };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.leave();
    this.#sender.stop();
    this.#reports.stop();
    this.#socket.close();
  }

  #setJoined(other: AudioPort | undefined): void {
    this.#joined = other;
    this.#sender.isJoined = other !== undefined;
  }

  #receive(bytes: Buffer, arrivalMs: number): void {
    const packet = parseRtp(bytes);
    if (packet === undefined) return;
    if (packet.ssrc !== this.#source) this.#keys.reset();
    this.#source = packet.ssrc;
    const kind = this.#kindOf(packet.payloadType);
    this.#reception.receive(packet, arrivalMs, kind === 'audio');
    if (!this.#isAnswered) this.#hadEarlyMedia = true;
    if (kind === undefined) return;
    if (this.#joined !== undefined) this.#joined.#sender.passOn(packet, kind);
    if (kind !== 'keys') return;
    this.#digitPacketsIn++;
    const digit = this.#keys.receive(packet);
    if (digit !== undefined) this.#onDigit(digit);
  }

  /** Telephone events come under the number that we offered, or under the peer's own where it made the offer (RFC 3264 §5.1). */
  #kindOf(payloadType: number): PacketKind | undefined {
    if (payloadType === PCMU) return 'audio';
    const isKeys = payloadType === EVENT_PAYLOAD_TYPE || payloadType === this.#remote?.eventPayloadType;
    return isKeys ? 'keys' : undefined;
  }
}
