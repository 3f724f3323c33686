import { PACKET_MS, PACKET_SAMPLES, SAMPLE_RATE } from '../../rtp/g711.ts';
import { plus32, type RtpPacket, writeRtp } from '../../rtp/packet.ts';
import type { SenderInfo } from '../../rtp/rtcp.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Prompt } from '../media/prompt.ts';
import { KeySender } from './key-sender.ts';
import { Outlet } from './outlet.ts';
import { Playlist } from './playlist.ts';
import { promptAudio } from './prompt-audio.ts';
import type { RtpSocket } from './rtp-socket.ts';
import { PCMU, type RemoteAudio } from './session-description.ts';

/** What a packet carries. */
export type PacketKind = 'audio' | 'keys';

/** A process that was held up sends so many packets at once to catch up; what is older is left out. */
const MOST_AT_ONCE = 10;

/**
 * What a peer hears, a packet every 20 ms from the moment that it is known where it is: keys before prompts, prompts before what
 * another call passes on, and that before silence.
 */
export class SoundSender {
  /** Whether another call passes its sound on, which takes the place of silence. */
  isJoined = false;
  readonly sent: Record<PacketKind, number> = { audio: 0, keys: 0 };
  readonly #socket: RtpSocket;
  readonly #clock: Clock;
  readonly #outlet: Outlet;
  readonly #firstTimestamp: number;
  readonly #playlist = new Playlist();
  readonly #keys = new KeySender();
  #octets = 0;
  #to: RemoteAudio | undefined;
  #startMs: number | undefined;
  #ticks = 0;
  #timer: Timer | undefined;
  /** Whether the packet before came from here too: the first that does is marked. */
  #speaks = false;
  #isStopped = false;

  constructor(socket: RtpSocket, clock: Clock, random: () => number) {
    this.#socket = socket;
    this.#clock = clock;
    this.#outlet = new Outlet(random);
    this.#firstTimestamp = Math.floor(random() * 2 ** 32);
  }

  get ssrc(): number {
    return this.#outlet.ssrc;
  }

  /** For a sender report (RFC 3550 §6.4.1); undefined while nothing was sent. */
  get info(): SenderInfo | undefined {
    const packets = this.sent.audio + this.sent.keys;
    if (packets === 0) return undefined;
    return { sentMs: this.#clock.now(), timestamp: this.#timestampNow, packets, octets: this.#octets };
  }

  /** Half a packet past the last one, so that what is played next follows without a gap, and a hang-up cuts nothing. */
  get playingMs(): number | undefined {
    if (this.#startMs === undefined || this.#isStopped) return undefined;
    return this.#nextTickMs - this.#clock.now() + (this.#playlist.packets - 0.5) * PACKET_MS;
  }

  /** The peer has said what it takes, for the first time or anew. */
  sendTo(remote: RemoteAudio): void {
    this.#to = remote;
    if (this.#startMs !== undefined || this.#isStopped) return;
    this.#startMs = this.#clock.now();
    this.#tick();
  }

  /** After what plays already. */
  play(prompt: Prompt): void {
    this.#playlist.add(promptAudio(prompt));
  }

  stopPlaying(): void {
    this.#playlist.clear();
  }

  press(digits: string, toneMs: number): void {
    this.#keys.press(digits, toneMs);
  }

  /** A packet of another call, unless there is something of our own to be heard. */
  passOn(packet: RtpPacket, kind: PacketKind): void {
    if (this.#speaks || this.#startMs === undefined) return;
    const payloadType = kind === 'audio' ? PCMU : this.#to?.eventPayloadType;
    if (payloadType !== undefined)
      this.#send(this.#outlet.passOn(packet, payloadType, this.#timestampNow), kind);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  get #timestampNow(): number {
    const elapsedMs = this.#clock.now() - (this.#startMs ?? 0);
    return plus32(this.#firstTimestamp, Math.round((elapsedMs * SAMPLE_RATE) / 1_000));
  }

  get #nextTickMs(): number {
    return (this.#startMs ?? 0) + this.#ticks * PACKET_MS;
  }

  #tick(): void {
    // The machine's time may be set back, which must not be an hour of silence.
    const earlyMs = this.#nextTickMs - this.#clock.now();
    if (earlyMs > PACKET_MS) this.#startMs = (this.#startMs ?? 0) - earlyMs;
    const due = Math.floor((this.#clock.now() - (this.#startMs ?? 0)) / PACKET_MS) + 1;
    this.#ticks = Math.max(this.#ticks, due - MOST_AT_ONCE);
    while (this.#ticks < due) this.#sendNext();
    this.#timer = this.#clock.after(this.#nextTickMs - this.#clock.now(), () => this.#tick());
  }

  #sendNext(): void {
    const timestamp = plus32(this.#firstTimestamp, this.#ticks++ * PACKET_SAMPLES);
    const key = this.#keys.next(timestamp);
    // Time goes on for a prompt while a key is heard in its place.
    const sound = this.#playlist.next();
    const marker = !this.#speaks;
    this.#speaks = key !== undefined || sound !== undefined || !this.isJoined;
    if (!this.#speaks) return;
    if (key !== undefined && key !== 'silence') {
      const payloadType = this.#to?.eventPayloadType;
      if (payloadType !== undefined) this.#send(this.#outlet.own({ ...key, payloadType }), 'keys');
      return;
    }
    const payload = key === undefined && sound !== undefined ? sound : Playlist.silence;
    this.#send(this.#outlet.own({ payloadType: PCMU, marker, timestamp, payload }), 'audio');
  }

  #send(packet: RtpPacket, kind: PacketKind): void {
    if (this.#to?.receives !== true || !this.#socket.send(writeRtp(packet))) return;
    this.sent[kind]++;
    this.#octets += packet.payload.length;
  }
}
