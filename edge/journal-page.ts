import type { Journal, JournalEntry } from './journal.ts';
import { errorFields } from './log.ts';
import type { Surroundings } from './surroundings.ts';

/** One dial's place in the journal: what is written there comes one after another, and nothing after its removal. */
export class JournalPage {
  readonly #journal: Journal;
  readonly #log: Surroundings['log'];
  readonly #token: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ journal, log }: Pick<Surroundings, 'journal' | 'log'>, token: string) {
    this.#journal = journal;
    this.#log = log;
    this.#token = token;
  }

  /** Resolves with whether it could be written. */
  write(entry: JournalEntry): Promise<boolean> {
    return this.#next(() => this.#journal.write(entry));
  }

  remove(): Promise<boolean> {
    return this.#next(() => this.#journal.remove(this.#token));
  }

  #next(run: () => Promise<void>): Promise<boolean> {
    const done = this.#after(this.#last, run);
    this.#last = done;
    return done;
  }

  async #after(before: Promise<unknown>, run: () => Promise<void>): Promise<boolean> {
    await before;
    try {
      await run();
      return true;
    } catch (error) {
      this.#log('error', 'The journal could not be written.', errorFields(error));
      return false;
    }
  }
}
