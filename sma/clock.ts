import { type Clock as SipClock, systemClock as sipSystemClock } from '../sip/clock.ts';

/** A source of time that can be replayed: the runtime never asks the machine for it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Runs `task` once, `delayMs` from now. */
  after(delayMs: number, task: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer = sipSystemClock.setTimeout(task, delayMs);
    return { cancel: () => sipSystemClock.clearTimeout(timer) };
  },
};

/** The same time in the shape that the SIP stack takes. */
export function sipClock(clock: Clock): SipClock {
  return {
    now: () => clock.now(),
    setTimeout: (run, delayMs) => clock.after(delayMs, run),
    clearTimeout: timer => (timer as Timer | undefined)?.cancel(),
  };
}
