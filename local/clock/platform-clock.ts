import type { Clock as FunctionClock } from '../../core/clock.ts';
import { type Clock as RuntimeClock, systemClock as runtimeClock, type Timer } from '../../sma/clock.ts';

/**
 * What the platform needs of time: the runtime's clock (`now`, `after`), the functions' (`now`, `sleep`), and to be told what is under
 * way, which only a clock that moves by itself wants to know.
 */
export interface PlatformClock extends RuntimeClock, FunctionClock {
  /** Something is under way that takes real time, such as a request; it is over when the returned function is called. */
  hold(what: string): () => void;
  /** Runs one invocation of a function. */
  invocation<T>(name: string, run: () => Promise<T>): Promise<T>;
  /** Time ends: nothing is waited for any more. */
  close(): void;
}

/** The machine's own time, which moves whatever is under way. Closed, it forgets what it was to do, so that a process can end. */
export function realTime(): PlatformClock {
  const waiting = new Set<Timer>();

  function after(delayMs: number, task: () => void): Timer {
    const timer = runtimeClock.after(delayMs, () => {
      waiting.delete(timer);
      task();
    });
    waiting.add(timer);
    return {
      cancel() {
        waiting.delete(timer);
        timer.cancel();
      },
    };
  }

  return {
    now: runtimeClock.now,
    after,
    sleep: (ms, signal) => sleepUntil(after, ms, signal),
    hold: () => () => {},
    invocation: (_name, run) => run(),
    close() {
      for (const timer of waiting) timer.cancel();
      waiting.clear();
    },
  };
}

/** A sleep made of a timer: it ends early, and without an error, when the signal aborts. */
export function sleepUntil(after: RuntimeClock['after'], ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = after(ms, () => {
      signal?.removeEventListener('abort', wake);
      resolve();
    });
    const wake = () => {
      timer.cancel();
      resolve();
    };
    if (signal?.aborted) wake();
    signal?.addEventListener('abort', wake, { once: true });
  });
}
