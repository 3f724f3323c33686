/**
 * Lets a limited number through at a time, for each key, in the order in which they came. (Node's agent counts a
 * connection only once it is there, so its own `maxSockets` would let a burst open as many as it has requests.)
 */
export class Turnstile {
  readonly #places: number;
  readonly #insideByKey = new Map<string, number>();
  readonly #waitingByKey = new Map<string, Set<() => void>>();

  constructor(places: number) {
    this.#places = places;
  }

  /** Runs the task when a place is free; throws the signal's reason if that comes first. */
  async pass<T>(key: string, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    const inside = this.#insideByKey.get(key) ?? 0;
    if (inside < this.#places) this.#insideByKey.set(key, inside + 1);
    else await this.#wait(key, signal);
    try {
      return await task();
    } finally {
      this.#leave(key);
    }
  }

  async #wait(key: string, signal: AbortSignal): Promise<void> {
    const waiting = this.#waitingByKey.get(key) ?? new Set();
    this.#waitingByKey.set(key, waiting);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => {
      waiting.delete(resolve);
      reject(signal.reason);
    };
    waiting.add(resolve);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Hands the place to whoever has waited longest. */
  #leave(key: string): void {
    const waiting = this.#waitingByKey.get(key);
    const [next] = waiting ?? [];
    if (next !== undefined) {
      waiting?.delete(next);
      next();
      return;
    }
    this.#waitingByKey.delete(key);
    const left = (this.#insideByKey.get(key) ?? 0) - 1;
    if (left > 0) this.#insideByKey.set(key, left);
    else this.#insideByKey.delete(key);
  }
}
