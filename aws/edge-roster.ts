/** Which SIP edges run: each writes an item of itself once a minute, by which the others know it. */
import { expiry, json, type Key, parseJson, type Table } from './table.ts';

/** An edge that has not been heard of for that long does not run: three times, it would have written. */
export const ABSENT_AFTER_MS = 3 * 60_000;
const PARTITION = 'edges';

export interface RunningEdge {
  readonly name: string;
  /** Where its packets come from; undefined where nobody has to be told. */
  readonly address?: string | undefined;
  /** UDP and TCP. */
  readonly sipPort: number;
  /** Dials in hand. */
  readonly calls: number;
  /** Whether new ones may be led to it. */
  readonly takesCalls: boolean;
  readonly seenAtMs: number;
}

export interface EdgeRoster {
  put(edge: RunningEdge): Promise<void>;
  remove(name: string): Promise<void>;
  /** Those that run, by their names. */
  running(nowMs: number): Promise<RunningEdge[]>;
}

export function createEdgeRoster(table: Table): EdgeRoster {
  const keyOf = (name: string): Key => ({ pk: PARTITION, sk: name });
  return {
    async put(edge) {
      const { pk, sk } = keyOf(edge.name);
      await table.put({
        pk: { S: pk },
        sk: { S: sk },
        edge: json(edge),
        expiresAt: expiry(edge.seenAtMs + ABSENT_AFTER_MS),
      });
    },

    async remove(name) {
      await table.remove(keyOf(name));
    },

    async running(nowMs) {
      const { items } = await table.query({
        expression: 'pk = :pk',
        values: { ':pk': { S: PARTITION } },
        consistent: true,
      });
      return items.flatMap(item => {
        const edge = parseJson<RunningEdge>(item['edge']);
        return edge !== undefined && edge.seenAtMs > nowMs - ABSENT_AFTER_MS ? [edge] : [];
      });
    },
  };
}
