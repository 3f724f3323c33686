/** A failure this long after the last one is a new trouble. */
const APART_MS = 30_000;
/** A trouble this old is not a passing one. */
const SERIOUS_MS = 60_000;

/** Tells whether polling the command queue fails for good: one poll that failed is repeated and means nothing. */
export class PollWatch {
  readonly #now: () => number;
  #since = Number.NEGATIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
  }

  failed(): void {
    const now = this.#now();
    if (now - this.#last > APART_MS) this.#since = now;
    this.#last = now;
  }

  get works(): boolean {
    const now = this.#now();
    return now - this.#last > APART_MS || now - this.#since < SERIOUS_MS;
  }
}
