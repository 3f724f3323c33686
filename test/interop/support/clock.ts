import { type Clock, systemClock } from '../../../sip/clock.ts';

/** A clock that runs so many times faster than the wall: a session timer of 90 s need not take 90 s to try. */
export const fastClock = (factor: number): Clock => ({
  now: () => systemClock.now() * factor,
  setTimeout: (run, delayMs) => systemClock.setTimeout(run, delayMs / factor),
  clearTimeout: timer => systemClock.clearTimeout(timer),
});
