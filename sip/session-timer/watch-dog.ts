import type { Clock, TimerHandle } from '../clock.ts';
import type { RefresherDialog } from './refresher.ts';

/** A refresh that was sent while nobody heard it is repeated for so long: 64·T1 (RFC 3261 §17.1.2.2). */
const REPEATED_FOR_MS = 32_000;

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
    this.#wakeAt(this.#clock.now() + seconds * 1_000);
  }

  /** Goes on with what another process counted; whatever was repeated since that one ended can still feed it. */
  resume(bitesAtMs: number): void {
    this.#wakeAt(Math.max(bitesAtMs, this.#clock.now() + REPEATED_FOR_MS));
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#bitesAt = undefined;
  }

  #wakeAt(timeMs: number): void {
    this.stop();
    this.#bitesAt = timeMs;
    this.#timer = this.#clock.setTimeout(
      () => this.#dialog.end('session expired'),
      timeMs - this.#clock.now(),
    );
  }
}
