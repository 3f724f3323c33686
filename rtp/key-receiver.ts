import { distance32, type RtpPacket } from './packet.ts';
import { parseTelephoneEvent } from './telephone-event.ts';

/**
 * Hears keys in telephone events: each once, however many of its packets come, and be it only the last (RFC 4733 §2.5.2.2).
 * A key is heard when it goes down, so that a prompt is cut at once.
 */
export class KeyReceiver {
  #latest: { timestamp: number; duration: number; digit: string | undefined; ended: boolean } | undefined;

  /** The key that this packet is the first sign of. */
  receive({ payload, timestamp }: RtpPacket): string | undefined {
    const event = parseTelephoneEvent(payload);
    if (event === undefined) return undefined;
    const { digit, end, duration } = event;
    const latest = this.#latest;
    if (latest !== undefined) {
      const later = distance32(latest.timestamp, timestamp);
      if (later < 0) return undefined;
      if (later === 0) {
        latest.duration = Math.max(latest.duration, duration);
        latest.ended ||= end;
        return undefined;
      }
      // A long key goes on where its last segment ended (§2.5.1.3).
      const goesOn = !latest.ended && latest.digit === digit && later <= latest.duration + SLACK;
      if (goesOn) {
        this.#latest = { timestamp, duration, digit, ended: end };
        return undefined;
      }
    }
    this.#latest = { timestamp, duration, digit, ended: end };
    return digit;
  }

  /** Another source speaks: its timestamps have nothing to do with the former's. */
  reset(): void {
    this.#latest = undefined;
  }
}

/** A lost packet or two before the next segment began: 40 ms. */
const SLACK = 320;
