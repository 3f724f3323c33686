import { PACKET_MS, PACKET_SAMPLES } from '../../rtp/g711.ts';
import { plus32 } from '../../rtp/packet.ts';
import { isKey, writeTelephoneEvent } from '../../rtp/telephone-event.ts';

/** What goes out in one packet time: a telephone event, or silence between two. */
export type KeyFrame = { payload: Uint8Array; timestamp: number; marker: boolean } | 'silence';

interface Pressed {
  digit: string;
  timestamp: number;
  duration: number;
  /** Samples of the tone that are not told of yet. */
  left: number;
  endings: number;
}

/** The last packet of an event is sent three times (RFC 4733 §2.5.1.4), a packet time apart, so that a burst does not take all. */
const ENDINGS = 3;
/** Longer events go on as another segment (§2.5.1.3): the field has 16 bits. */
const LONGEST_SEGMENT = 0xffff - PACKET_SAMPLES;
const PAUSE_MS = 500;

/** Presses keys one after another, a packet each 20 ms (RFC 4733 §2.5.1). */
export class KeySender {
  readonly #waiting: { digit: string; samples: number }[] = [];
  #pressed: Pressed | undefined;
  #pauseSamples = 0;

  /** Takes 0–9, `*`, `#`, A–D; a comma is half a second of silence, anything else is left out. */
  press(digits: string, toneMs: number): void {
    const tone = Math.max(1, Math.round(toneMs / PACKET_MS)) * PACKET_SAMPLES;
    const pause = (PAUSE_MS / PACKET_MS) * PACKET_SAMPLES;
    for (const digit of digits) {
      if (digit === ',') this.#waiting.push({ digit, samples: pause });
      else if (isKey(digit)) this.#waiting.push({ digit, samples: tone });
    }
  }

  /** What this packet time, which begins at `timestamp`, is for; undefined when no key is pressed. */
  next(timestamp: number): KeyFrame | undefined {
    if (this.#pauseSamples > 0) return this.#pause();
    const pressed = this.#pressed ?? this.#begin(timestamp);
    return pressed === undefined ? undefined : pressed === 'pause' ? this.#pause() : this.#frame(pressed);
  }

  #begin(timestamp: number): Pressed | 'pause' | undefined {
    const next = this.#waiting.shift();
    if (next === undefined) return undefined;
    if (next.digit === ',') {
      this.#pauseSamples = next.samples;
      return 'pause';
    }
    this.#pressed = { digit: next.digit, timestamp, duration: 0, left: next.samples, endings: 0 };
    return this.#pressed;
  }

  #pause(): 'silence' {
    this.#pauseSamples -= PACKET_SAMPLES;
    return 'silence';
  }

  #frame(pressed: Pressed): KeyFrame {
    const marker = pressed.duration === 0;
    if (pressed.left > 0) {
      if (pressed.duration >= LONGEST_SEGMENT) {
        pressed.timestamp = plus32(pressed.timestamp, pressed.duration);
        pressed.duration = 0;
      }
      pressed.duration += PACKET_SAMPLES;
      pressed.left -= PACKET_SAMPLES;
    }
    const isEnd = pressed.left <= 0;
    if (isEnd && ++pressed.endings === ENDINGS) this.#pressed = undefined;
    const { digit, timestamp, duration } = pressed;
    return { payload: writeTelephoneEvent(digit, isEnd, duration), timestamp, marker };
  }
}
