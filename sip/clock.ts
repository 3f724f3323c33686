/**
 * Where the stack's time comes from. Every timer of every machine goes through the clock it was given, so
 * that a test can run 32 seconds of retransmissions in no time and always in the same order.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch; never goes back. */
  now(): number;
  /** Calls `run` once, `delayMs` from now, or soon where that is past; any delay up to the largest safe integer is kept. */
  setTimeout(run: () => void, delayMs: number): TimerHandle;
  /** Forgets a timer; one that has fired or was never set is no error. */
  clearTimeout(timer: TimerHandle | undefined): void;
}

/** What a clock gives for a timer. Only the clock that made it can read it. */
export type TimerHandle = object;

// setTimeout treats anything longer as 1 ms, which `Session-Expires: 4294967295` would reach.
const LONGEST_NODE_DELAY_MS = 2 ** 31 - 1;

interface LongTimer {
  node: NodeJS.Timeout;
}

/** The machine's clock: monotonic, so that a correction of the wall clock moves no timer. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),

  setTimeout(run, delayMs) {
    if (delayMs <= LONGEST_NODE_DELAY_MS) return setTimeout(run, Math.max(0, delayMs));
    const timer: LongTimer = { node: setTimeout(() => next(delayMs), 0) };
    const next = (left: number) => {
      if (left <= 0) return run();
      const step = Math.min(left, LONGEST_NODE_DELAY_MS);
      timer.node = setTimeout(() => next(left - step), step);
    };
    return timer;
  },

  clearTimeout(timer) {
    if (timer === undefined) return;
    clearTimeout('node' in timer ? (timer as LongTimer).node : (timer as NodeJS.Timeout));
  },
};
