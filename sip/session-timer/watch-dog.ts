import type { Clock, TimerHandle } from '../clock.ts';

/** Bites unless it is fed in time. */
export class WatchDog {
  readonly #clock: Clock;
  readonly #bite: () => void;
  #timer: TimerHandle | undefined;
  #bitesAt: number | undefined;

  constructor(clock: Clock, bite: () => void) {
    this.#clock = clock;
    this.#bite = bite;
  }

  /** Milliseconds of the clock when it bites; undefined while it sleeps. */
  get bitesAt(): number | undefined {
    return this.#bitesAt;
  }

  /** Counts anew from now. */
  feed(seconds: number): void {
    this.wakeAt(this.#clock.now() + seconds * 1_000);
  }

  /** Bites at this time, or at once where it has passed. */
  wakeAt(timeMs: number): void {
    this.stop();
    this.#bitesAt = timeMs;
    this.#timer = this.#clock.setTimeout(this.#bite, Math.max(0, timeMs - this.#clock.now()));
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#bitesAt = undefined;
  }
}
