import { opinionScore } from '../../rtp/e-model.ts';
import { PACKET_MS, PACKET_SAMPLES, SAMPLE_RATE } from '../../rtp/g711.ts';
import { KeyReceiver } from '../../rtp/key-receiver.ts';
import { parseRtp, plus32, type RtpPacket, writeRtp } from '../../rtp/packet.ts';
import { Reception } from '../../rtp/reception.ts';
import type { Clock, Timer } from '../clock.ts';
import type { LegMedia } from '../media/leg-media.ts';
import type { Prompt } from '../media/prompt.ts';
import type { LineAudio } from '../network/phone-network.ts';
import { KeySender } from './key-sender.ts';
import { Outlet } from './outlet.ts';
import { Playlist } from './playlist.ts';
import { promptAudio } from './prompt-audio.ts';
import type { RtpSocket } from './rtp-socket.ts';
import { EVENT_PAYLOAD_TYPE, PCMU, type RemoteAudio } from './session-description.ts';

export interface AudioPortSettings {
  socket: RtpSocket;
  clock: Clock;
  random: () => number;
  /** A key was pressed at the far end. */
  onDigit: (digit: string) => void;
}

type Kind = 'audio' | 'keys';

/** A process that was held up sends so many packets at once to catch up; what is older is left out. */
const MOST_AT_ONCE = 10;

/**
 * One end of a call's sound: PCMU and telephone events over RTP (RFC 3550, RFC 3551, RFC 4733). From the moment that its peer is known
 * it sends a packet every 20 ms, as a Voice Connector does: a prompt, keys, what a joined port hears, or silence.
 */
export class AudioPort implements LineAudio {
  readonly #socket: RtpSocket;
  readonly #clock: Clock;
  readonly #onDigit: (digit: string) => void;
  readonly #outlet: Outlet;
  readonly #firstTimestamp: number;
  readonly #playlist = new Playlist();
  readonly #keys = new KeySender();
  readonly #keyReceiver = new KeyReceiver();
  readonly #reception = new Reception();
  readonly #out: Record<Kind, number> = { audio: 0, keys: 0 };
  #digitPacketsIn = 0;
  #ssrcIn: number | undefined;
  #remote: RemoteAudio | undefined;
  #joined: AudioPort | undefined;
  #startMs: number | undefined;
  #ticks = 0;
  #timer: Timer | undefined;
  /** Whether the packet before came from here too: the first that does is marked. */
  #speaks = false;
  #isAnswered = false;
  #hadEarlyMedia = false;
  #isClosed = false;

  constructor({ socket, clock, random, onDigit }: AudioPortSettings) {
    this.#socket = socket;
    this.#clock = clock;
    this.#onDigit = onDigit;
    this.#outlet = new Outlet(random);
    this.#firstTimestamp = Math.floor(random() * 2 ** 32);
    socket.onBytes = (bytes, arrivalMs) => this.#receive(bytes, arrivalMs);
  }

  /** Its port on this machine. */
  get port(): number {
    return this.#socket.port;
  }

  get isJoined(): boolean {
    return this.#joined !== undefined;
  }

  /** Half a packet past the last one, so that what is played next follows without a gap, and a hang-up cuts nothing. */
  get playingMs(): number | undefined {
    if (this.#startMs === undefined || this.#isClosed) return undefined;
    return this.#nextTickMs - this.#clock.now() + (this.#playlist.packets - 0.5) * PACKET_MS;
  }

  /** The peer has said where it is, for the first time or anew: sound begins. */
  connect(remote: RemoteAudio): void {
    this.#remote = remote;
    this.#socket.describe(remote);
    if (this.#startMs !== undefined || this.#isClosed) return;
    this.#startMs = this.#clock.now();
    this.#tick();
  }

  /** What comes from now on is no early media. */
  answered(): void {
    this.#isAnswered = true;
  }

  /** After what plays already. */
  play(prompt: Prompt): void {
    this.#playlist.add(promptAudio(prompt));
  }

  stopPlaying(): void {
    this.#playlist.clear();
  }

  sendDigits(digits: string, toneMs: number): void {
    this.#keys.press(digits, toneMs);
  }

  join(other: LineAudio): void {
    if (!(other instanceof AudioPort)) return;
    this.leave();
    other.leave();
    this.#joined = other;
    other.#joined = this;
  }

  leave(): void {
    if (this.#joined !== undefined) this.#joined.#joined = undefined;
    this.#joined = undefined;
  }

  get measured(): LegMedia {
    const report = this.#reception.report;
    const lossPercent =
      report.expected === 0 ? 0 : (100 * (report.lost + report.late)) / Math.max(report.expected, 1);
    // Of the way there is nothing to measure: a packet's own time, and a jitter buffer of twice the jitter.
    const delayMs = PACKET_MS + 2 * report.jitterMs;
    return {
      packetsIn: report.received,
      packetsOut: this.#out.audio + this.#out.keys,
      digitPacketsIn: this.#digitPacketsIn,
      digitPacketsOut: this.#out.keys,
      packetsLost: report.lost,
      packetsLate: report.late,
      jitterMinMs: report.jitterMinMs,
      jitterMaxMs: report.jitterMaxMs,
      largestJitterBufferPackets: report.largestJitterBufferPackets,
      averagePacketMs: report.averagePacketMs,
      mos: opinionScore({ delayMs, lossPercent }),
      earlyMedia: this.#hadEarlyMedia,
    };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.leave();
    this.#timer?.cancel();
    this.#socket.close();
  }

  #receive(bytes: Buffer, arrivalMs: number): void {
    const packet = parseRtp(bytes);
    if (packet === undefined) return;
    if (packet.ssrc !== this.#ssrcIn) this.#keyReceiver.reset();
    this.#ssrcIn = packet.ssrc;
    const kind = this.#kindOf(packet.payloadType);
    this.#reception.receive(packet, arrivalMs, kind === 'audio');
    if (!this.#isAnswered) this.#hadEarlyMedia = true;
    if (kind === undefined) return;
    if (this.#joined !== undefined) this.#joined.#passOn(packet, kind);
    if (kind !== 'keys') return;
    this.#digitPacketsIn++;
    const digit = this.#keyReceiver.receive(packet);
    if (digit !== undefined) this.#onDigit(digit);
  }

  /** Telephone events come under the number that we offered, or under the peer's own where it made the offer (RFC 3264 §5.1). */
  #kindOf(payloadType: number): Kind | undefined {
    if (payloadType === PCMU) return 'audio';
    const isKeys = payloadType === EVENT_PAYLOAD_TYPE || payloadType === this.#remote?.eventPayloadType;
    return isKeys ? 'keys' : undefined;
  }

  /** The far end of the joined port said this. */
  #passOn(packet: RtpPacket, kind: Kind): void {
    if (this.#speaks || this.#startMs === undefined) return;
    const elapsed = Math.round(((this.#clock.now() - this.#startMs) * SAMPLE_RATE) / 1_000);
    const timestamp = plus32(this.#firstTimestamp, elapsed);
    const payloadType = kind === 'audio' ? PCMU : this.#remote?.eventPayloadType;
    if (payloadType !== undefined) this.#send(this.#outlet.passOn(packet, payloadType, timestamp), kind);
  }

  #tick(): void {
    const due = Math.floor((this.#clock.now() - (this.#startMs ?? 0)) / PACKET_MS) + 1;
    this.#ticks = Math.max(this.#ticks, due - MOST_AT_ONCE);
    while (this.#ticks < due) this.#sendNext();
    this.#timer = this.#clock.after(this.#nextTickMs - this.#clock.now(), () => this.#tick());
  }

  get #nextTickMs(): number {
    return (this.#startMs ?? 0) + this.#ticks * PACKET_MS;
  }

  /** What this packet time is for: keys before prompts, prompts before what a joined port hears, that before silence. */
  #sendNext(): void {
    const timestamp = plus32(this.#firstTimestamp, this.#ticks++ * PACKET_SAMPLES);
    const key = this.#keys.next(timestamp);
    // Time goes on for a prompt while a key is heard in its place.
    const sound = this.#playlist.next();
    const wasSpeaking = this.#speaks;
    this.#speaks = key !== undefined || sound !== undefined || this.#joined === undefined;
    if (!this.#speaks) return;
    if (key !== undefined && key !== 'silence') {
      const payloadType = this.#remote?.eventPayloadType;
      if (payloadType !== undefined) this.#send(this.#outlet.own({ ...key, payloadType }), 'keys');
      return;
    }
    const payload = key === 'silence' ? Playlist.silence : (sound ?? Playlist.silence);
    this.#send(this.#outlet.own({ payloadType: PCMU, marker: !wasSpeaking, timestamp, payload }), 'audio');
  }

  #send(packet: RtpPacket, kind: Kind): void {
    if (this.#remote?.receives === true && this.#socket.send(writeRtp(packet))) this.#out[kind]++;
  }
}
