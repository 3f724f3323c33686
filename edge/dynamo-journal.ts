import { expiry, json, parseJson, type Table } from '../aws/table.ts';
import type { Journal, JournalEntry } from './journal.ts';

/** Longer than any call. */
const KEEP_FOR_MS = 48 * 60 * 60 * 1000;
const PAGE = 100;

/** A journal in the call table: one partition for each edge, one item for each dial. */
export function dynamoJournal(table: Table, edge: string, nowMs: () => number): Journal {
  const pk = `edge#${edge}`;
  const keyOf = (token: string) => ({ pk, sk: `dial#${token}` });
  return {
    async write(entry) {
      const { sk } = keyOf(entry.token);
      await table.put({
        pk: { S: pk },
        sk: { S: sk },
        entry: json(entry),
        expiresAt: expiry(nowMs() + KEEP_FOR_MS),
      });
    },

    async remove(token) {
      await table.remove(keyOf(token));
    },

    async all() {
      const entries: JournalEntry[] = [];
      let after: Awaited<ReturnType<Table['query']>>['last'];
      do {
        const page = await table.query({
          expression: 'pk = :pk',
          values: { ':pk': { S: pk } },
          limit: PAGE,
          ...(after && { after }),
        });
        for (const item of page.items) {
          const entry = parseJson<JournalEntry>(item['entry']);
          if (entry !== undefined) entries.push(entry);
        }
        after = page.last;
      } while (after !== undefined);
      return entries;
    },
  };
}
