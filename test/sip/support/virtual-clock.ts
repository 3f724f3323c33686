import type { Clock, TimerHandle } from '../../../sip/clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  live: boolean;
}

/** A clock that stands still until told: timers fire in order of their time, ties in the order they were set. */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  #pending = 0;
  /** A binary heap; timers that were cleared stay in it until they come to the top. */
  readonly #heap: Timer[] = [];

  constructor(startMs = 1_800_000_000_000) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(run: () => void, delayMs: number): TimerHandle {
    const timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, run, live: true };
    this.#pending++;
    this.#push(timer);
    return timer;
  }

  clearTimeout(handle: TimerHandle | undefined): void {
    const timer = handle as Timer | undefined;
    if (!timer?.live) return;
    timer.live = false;
    this.#pending--;
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#pending;
  }

  /** Lets every promise that can settle do so, then runs what is due within `ms`, one timer after another. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#pop();
      this.clearTimeout(next);
      this.#now = next.at;
      next.run();
      await settled();
    }
    this.#now = end;
  }

  /** Runs until no timer is set, or `limitMs` have passed. */
  async drain(limitMs = 10 * 60_000): Promise<void> {
    const end = this.#now + limitMs;
    await settled();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end))
      await this.advance(next.at - this.#now);
  }

  #next(end: number): Timer | undefined {
    while (this.#heap[0]?.live === false) this.#pop();
    const [first] = this.#heap;
    return first !== undefined && first.at <= end ? first : undefined;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    for (let up = (at - 1) >> 1; at > 0 && isBefore(timer, heap[up] as Timer); up = (at - 1) >> 1) {
      heap[at] = heap[up] as Timer;
      at = up;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down + 1 < heap.length && isBefore(heap[down + 1] as Timer, heap[down] as Timer)) down++;
      if (down >= heap.length || !isBefore(heap[down] as Timer, last)) break;
      heap[at] = heap[down] as Timer;
      at = down;
    }
    heap[at] = last;
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** Resolves when all promise work that is ready has run. */
export function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

/** A repeatable random source (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
