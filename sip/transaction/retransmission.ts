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
  readonly #options: RetransmissionOptions;
  #timer: TimerHandle | undefined;

  constructor(options: RetransmissionOptions) {
    this.#options = options;
    if (options.firstMs !== undefined) this.#arm(options.firstMs);
  }

  /** From now on with this gap, without doubling: Timer E in Proceeding. */
  steady(gapMs: number): void {
    this.stop();
    if (this.#options.firstMs !== undefined) this.#arm(gapMs);
  }

  stop(): void {
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(gapMs: number): void {
    const { clock, mostMs = Number.POSITIVE_INFINITY, send } = this.#options;
    this.#timer = clock.setTimeout(() => {
      this.#arm(Math.min(gapMs * 2, mostMs));
      send();
    }, gapMs);
  }
}
