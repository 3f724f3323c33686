import type { Clock } from '../clock.ts';

/** A clock whose timers report what they throw. */
export function guardedClock(clock: Clock, report: (error: unknown) => void): Clock {
  return {
    now: () => clock.now(),
    clearTimeout: timer => clock.clearTimeout(timer),
    setTimeout: (run, delayMs) =>
      clock.setTimeout(() => {
        try {
          run();
        } catch (error) {
          report(error);
        }
      }, delayMs),
  };
}

/** Throws where nothing is interrupted: the process hears of it as an uncaught exception. */
export function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
