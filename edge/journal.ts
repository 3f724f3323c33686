import type { SessionSnapshot } from '../sip/user-agent.ts';

/** A bridge as it is written down, so that another process can go on with it. */
export interface JournalEntry {
  /** Of its plan, where everything else is. */
  readonly token: string;
  /** Which of the plan's targets it is. */
  readonly index: number;
  readonly inside: SessionSnapshot;
  readonly outside: SessionSnapshot;
  readonly media?: unknown;
  /** When its time limit ends it. */
  readonly endsAtMs: number;
  readonly writtenAtMs: number;
}

/** Where one edge writes its confirmed bridges down. */
export interface Journal {
  write(entry: JournalEntry): Promise<void>;
  /** Harmless when it is not there. */
  remove(token: string): Promise<void>;
  all(): Promise<JournalEntry[]>;
}

/** A journal that ends with its owner: for tests, and where bridges need not outlive their edge. */
export function memoryJournal(): Journal {
  const entries = new Map<string, string>();
  return {
    async write(entry) {
      entries.set(entry.token, JSON.stringify(entry));
    },
    async remove(token) {
      entries.delete(token);
    },
    all: async () => [...entries.values()].map(text => JSON.parse(text) as JournalEntry),
  };
}
