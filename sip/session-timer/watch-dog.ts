import type { Clock, TimerHandle } from '../clock.ts';

/** Bites unless it is fed in time. */
export class WatchDog {
  readonly #clock: Clock;
  readonly #bite: () => void;
  #timer: TimerHandle | undefined;

  constructor(clock: Clock, bite: () => void) {
    this.#clock = clock;
    this.#bite = bite;
  }

  /** Counts anew from now. */
  feed(seconds: number): void {
    this.stop();
    this.#timer = this.#clock.setTimeout(this.#bite, seconds * 1_000);
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
