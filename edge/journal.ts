import { TransientMap } from '../sip/transient-map.ts';
import type { SessionSnapshot } from '../sip/user-agent.ts';
import type { Side } from './media-plane.ts';

/** What is written down of a dial: enough for another process to go on with it, or to tell that it is lost. */
export type JournalEntry = DiallingEntry | BridgeEntry;

/** Targets are being called: if that is lost, what was told of it may not have been published. */
export interface DiallingEntry {
  readonly kind: 'dialling';
  /** Of its plan, where everything else is. */
  readonly token: string;
  /** Legs that are up, and not joined yet: they would be left alone. */
  readonly open?: readonly OpenLeg[];
}

export interface OpenLeg {
  /** Whose it is: of the listeners towards the voice service, or towards the world. */
  readonly side: Side;
  readonly session: SessionSnapshot;
}

/** A bridge that stands. */
export interface BridgeEntry {
  readonly kind: 'bridge';
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

/** Where one edge writes down what it has in hand. One entry a token: the last one holds. */
export interface Journal {
  write(entry: JournalEntry): Promise<void>;
  /** Harmless when it is not there. */
  remove(token: string): Promise<void>;
  all(): Promise<JournalEntry[]>;
}

/** A journal that ends with its owner: for tests, and where bridges need not outlive their edge. */
export function memoryJournal(): Journal {
  const entries = new TransientMap<string, string>();
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
