/**
 * Time for tests: it stands still until told to move, and fires timers in the order of their due times.
 * A timer's task may set new timers; those due within the same move fire too.
 */
export class VirtualClock {
  #nowMs: number;
  #order = 0;
  #timers: DueTimer[] = [];

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, task: () => void): { cancel(): void } {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, task };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter(other => other !== timer);
      },
    };
  }

  /** When the next timer is due, or undefined when there is none. */
  get nextDueMs(): number | undefined {
    return this.#next()?.dueMs;
  }

  /** Moves to the next timer and fires it. False when there is none. */
  step(): boolean {
    const timer = this.#next();
    if (timer === undefined) return false;
    this.#timers = this.#timers.filter(other => other !== timer);
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.task();
    return true;
  }

  /** Moves on by `ms`, letting promises settle after every timer that fires on the way. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let due = this.nextDueMs; due !== undefined && due <= untilMs; due = this.nextDueMs) {
      this.step();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  #next(): DueTimer | undefined {
    let first: DueTimer | undefined;
    for (const timer of this.#timers) {
      if (
        first === undefined ||
        timer.dueMs < first.dueMs ||
        (timer.dueMs === first.dueMs && timer.order < first.order)
      ) {
        first = timer;
      }
    }
    return first;
  }
}

interface DueTimer {
  dueMs: number;
  order: number;
  task: () => void;
}

/** Lets everything that needs no timer and no socket run to its end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve));
}
