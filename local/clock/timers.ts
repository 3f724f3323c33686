import type { Timer } from '../../sma/clock.ts';

interface Due {
  atMs: number;
  /** Among timers of the same moment the older goes first. */
  order: number;
  task: () => void;
}

/** Timers of a time that is moved by hand. */
export class Timers {
  #due: Due[] = [];
  #order = 0;

  add(atMs: number, task: () => void): Timer {
    const timer = { atMs, order: this.#order++, task };
    // Calls set few timers at a time, mostly later than those that are there: searching from the end is short.
    let index = this.#due.length;
    while (index > 0 && (this.#due[index - 1] as Due).atMs > atMs) index--;
    this.#due.splice(index, 0, timer);
    return {
      cancel: () => {
        const found = this.#due.indexOf(timer);
        if (found >= 0) this.#due.splice(found, 1);
      },
    };
  }

  /** When the next one is due. */
  get nextMs(): number | undefined {
    return this.#due[0]?.atMs;
  }

  takeNext(): (() => void) | undefined {
    return this.#due.shift()?.task;
  }

  clear(): void {
    this.#due = [];
  }
}
