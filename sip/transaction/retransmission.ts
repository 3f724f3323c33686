import type { Clock, TimerHandle } from '../clock.ts';

/** How often something is sent again, and what ends it. */
export interface RetransmissionOptions {
  readonly clock: Clock;
  /** The first gap, milliseconds; every next one is twice as long. Undefined: never again. */
  readonly firstMs: number | undefined;
  /** The longest gap. */
  readonly mostMs?: number;
  readonly send: () => void;
}

/** Sends something again and again, with gaps that double, until stopped. */
export class Retransmission {
  readonly #clock: Clock;
  readonly #send: () => void;
  readonly #mostMs: number;
  readonly #firstMs: number | undefined;
  #timer: TimerHandle | undefined;

  constructor({ clock, firstMs, mostMs = Number.POSITIVE_INFINITY, send }: RetransmissionOptions) {
    this.#clock = clock;
    this.#send = send;
    this.#mostMs = mostMs;
    this.#firstMs = firstMs;
    if (firstMs !== undefined) this.#arm(firstMs);
  }

  /** From now on with this gap, without doubling: Timer E in Proceeding. */
  steady(gapMs: number): void {
    this.stop();
    if (this.#firstMs !== undefined) this.#arm(gapMs);
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(gapMs: number): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#arm(Math.min(gapMs * 2, this.#mostMs));
      this.#send();
    }, gapMs);
  }
}
