import type { TraceEntry } from '../../sma/trace.ts';

const MOST_ENTRIES = 10_000;

/** What has happened lately, in order; the oldest entries go first. */
export class Timeline {
  #entries: TraceEntry[] = [];

  add(entry: TraceEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > MOST_ENTRIES) this.#entries.shift();
  }

  get entries(): readonly TraceEntry[] {
    return this.#entries;
  }

  /** One call's entries; empty when there is no such call. */
  of(transactionId: string): TraceEntry[] {
    return this.#entries.filter(entry => entry.transactionId === transactionId);
  }
}
