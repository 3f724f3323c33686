import type { Clock } from '../../sip/clock.ts';

const MINUTE_MS = 60_000;

/** Runs at each whole minute of the clock, and is told which. @returns what ends it */
export function everyMinute(clock: Clock, run: (minuteMs: number) => void): () => void {
  let timer: object | undefined;
  const next = () => {
    const minuteMs = (Math.floor(clock.now() / MINUTE_MS) + 1) * MINUTE_MS;
    timer = clock.setTimeout(() => {
      // A timer may be a little early; then the minute is still to come.
      if (clock.now() >= minuteMs) run(minuteMs);
      next();
    }, minuteMs - clock.now());
  };
  next();
  return () => clock.clearTimeout(timer);
}
