import type { Clock, TimerHandle } from '../clock.ts';
import type { RefresherDialog } from './refresher.ts';

/** Ends a dialog whose session expires, unless it is fed in time. */
export class WatchDog {
  readonly #clock: Clock;
  readonly #dialog: Pick<RefresherDialog, 'end'>;
  #timer: TimerHandle | undefined;
  #bitesAt: number | undefined;

  constructor(clock: Clock, dialog: Pick<RefresherDialog, 'end'>) {
    this.#clock = clock;
    this.#dialog = dialog;
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
    this.#timer = this.#clock.setTimeout(
      () => this.#dialog.end('session expired'),
      Math.max(0, timeMs - this.#clock.now()),
    );
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#bitesAt = undefined;
  }
}
