import { PACKET_MS, SAMPLE_RATE } from './g711.ts';
import { distance16, distance32, type RtpPacket } from './packet.ts';
import type { ReportBlock } from './rtcp.ts';

/** What was received of one stream, counted as RFC 3550 App. A has it. */
export interface ReceptionReport {
  received: number;
  /** Expected by the sequence numbers. */
  expected: number;
  lost: number;
  late: number;
  jitterMs: number;
  jitterMinMs: number;
  jitterMaxMs: number;
  largestJitterBufferPackets: number;
  /** Mean time between packets of sound. */
  averagePacketMs: number;
}

/** A jump of the sequence number by more than this is a stream that began anew (RFC 3550 App. A.1, MAX_DROPOUT). */
const MAX_DROPOUT = 3_000;
/** Jitter comes from 0 by sixteenths: until so many packets have come, its least value means nothing. */
const SETTLED_PACKETS = 16;
/** What a jitter buffer would wait for a packet; a later one is lost to the ear. */
const LONGEST_BUFFER_MS = 200;
/** How far apart clocks may drift in a packet's time: 0.1 %. */
const DRIFT_MS = PACKET_MS / 1_000;
const SAMPLES_IN_MS = SAMPLE_RATE / 1_000;

/** Counts one incoming stream: loss by A.3, jitter by A.8. */
export class Reception {
  #received = 0;
  #late = 0;
  /** Of streams before the present one: its source was changed, or restarted. */
  #expectedBefore = 0;
  #ssrc: number | undefined;
  #base = 0;
  #highest = 0;
  #extended = 0;
  /** Times between packets of sound, none of another kind between them. */
  #gaps = 0;
  #gapsMs = 0;
  /** When the packet before came, if it was one of sound. */
  #soundMs: number | undefined;
  #audio = 0;
  /** Of the latest packet: how long it took, compared with the first of its talkspurt; and the least of late. */
  #transit: { origin: number; samples: number; leastMs: number } | undefined;
  #jitter = 0;
  #jitterMin = Number.POSITIVE_INFINITY;
  #jitterMax = 0;
  #largestDelayMs = 0;
  #reported = { expected: 0, received: 0 };

  /** `isAudio` is false for telephone events, whose timestamps stand still. */
  receive(packet: RtpPacket, arrivalMs: number, isAudio: boolean): void {
    this.#count(packet);
    this.#received++;
    if (isAudio && this.#soundMs !== undefined) {
      this.#gaps++;
      this.#gapsMs += arrivalMs - this.#soundMs;
    }
    this.#soundMs = isAudio ? arrivalMs : undefined;
    if (isAudio) this.#measure(packet, arrivalMs);
  }

  get report(): ReceptionReport {
    const expected = this.#expected;
    const inMs = (samples: number) => samples / SAMPLES_IN_MS;
    const settled = Number.isFinite(this.#jitterMin) ? this.#jitterMin : this.#jitter;
    return {
      received: this.#received,
      expected,
      // Packets that came twice count twice (App. A.3), which must not hide itself as a gain.
      lost: Math.max(0, expected - this.#received),
      late: this.#late,
      jitterMs: inMs(this.#jitter),
      jitterMinMs: inMs(settled),
      jitterMaxMs: inMs(this.#jitterMax),
      largestJitterBufferPackets: this.#audio === 0 ? 0 : 1 + Math.floor(this.#largestDelayMs / PACKET_MS),
      averagePacketMs: this.#gaps === 0 ? 0 : this.#gapsMs / this.#gaps,
    };
  }

  /** For a receiver report (RFC 3550 §6.4.1): what was lost since the one before. Undefined while nothing has come. */
  block(): Pick<ReportBlock, 'ssrc' | 'fractionLost' | 'lost' | 'highestSequence' | 'jitter'> | undefined {
    if (this.#ssrc === undefined) return undefined;
    const expected = this.#expected - this.#reported.expected;
    const lost = expected - (this.#received - this.#reported.received);
    this.#reported = { expected: this.#expected, received: this.#received };
    return {
      ssrc: this.#ssrc,
      fractionLost: expected > 0 && lost > 0 ? Math.min(255, Math.floor((lost * 256) / expected)) : 0,
      lost: this.#expected - this.#received,
      highestSequence: this.#extended,
      jitter: this.#jitter,
    };
  }

  get #expected(): number {
    return this.#expectedBefore + (this.#ssrc === undefined ? 0 : this.#extended - this.#base + 1);
  }

  #count({ ssrc, sequence }: RtpPacket): void {
    const step = distance16(this.#highest, sequence);
    const isNew = ssrc !== this.#ssrc || Math.abs(step) > MAX_DROPOUT;
    if (isNew) {
      this.#expectedBefore = this.#expected;
      this.#ssrc = ssrc;
      this.#base = this.#extended = this.#highest = sequence;
      this.#transit = undefined;
    } else if (step > 0) {
      this.#highest = sequence;
      this.#extended += step;
    }
  }

  #measure({ timestamp, marker }: RtpPacket, arrivalMs: number): void {
    this.#audio++;
    // A jitter buffer begins anew with every talkspurt (RFC 3551 §4.1).
    if (marker) this.#transit = undefined;
    // Only differences count, so that it does not matter where either clock began, or that timestamps wrap.
    const origin = distance32(timestamp, Math.round(arrivalMs * SAMPLES_IN_MS) >>> 0);
    const before = this.#transit;
    if (before === undefined) {
      this.#transit = { origin, samples: 0, leastMs: 0 };
      return;
    }
    const samples = distance32(before.origin, origin);
    this.#jitter += (Math.abs(samples - before.samples) - this.#jitter) / 16;
    this.#jitterMax = Math.max(this.#jitterMax, this.#jitter);
    if (this.#audio > SETTLED_PACKETS) this.#jitterMin = Math.min(this.#jitterMin, this.#jitter);
    const transitMs = samples / SAMPLES_IN_MS;
    const leastMs = Math.min(transitMs, before.leastMs + DRIFT_MS);
    const delayMs = transitMs - leastMs;
    if (delayMs > LONGEST_BUFFER_MS) this.#late++;
    else this.#largestDelayMs = Math.max(this.#largestDelayMs, delayMs);
    this.#transit = { origin: before.origin, samples, leastMs };
  }
}
