/** ReceiveDigits: what listens on a leg while other things go on. */
import type { Clock, Timer } from '../clock.ts';

export interface DigitListening {
  /** Repeated in DIGITS_RECEIVED. */
  parameters: Record<string, unknown>;
  pattern: RegExp;
  inBetweenMs: number;
  flushMs: number;
}

/** Collects digits of one leg; `received` gets them when they match, or when they are flushed. */
export class DigitListener {
  readonly #clock: Clock;
  readonly #listening: DigitListening;
  readonly #received: (digits: string) => void;
  #digits = '';
  #inBetween: Timer | undefined;
  #flush: Timer | undefined;

  constructor(clock: Clock, listening: DigitListening, received: (digits: string) => void) {
    this.#clock = clock;
    this.#listening = listening;
    this.#received = received;
  }

  digit(digit: string): void {
    this.#digits += digit;
    this.#inBetween?.cancel();
    this.#inBetween = this.#clock.after(this.#listening.inBetweenMs, () => {
      if (this.#listening.pattern.test(this.#digits)) this.#send();
    });
    // The flush interval runs from the first digit; only a digit after its end starts it again.
    this.#flush ??= this.#clock.after(this.#listening.flushMs, () => this.#send());
  }

  stop(): void {
    this.#inBetween?.cancel();
    this.#flush?.cancel();
    this.#inBetween = undefined;
    this.#flush = undefined;
  }

  #send(): void {
    this.stop();
    const digits = this.#digits;
    this.#digits = '';
    this.#received(digits);
  }
}
