/** Status callbacks and every attempt at them. */
import type { Delivery } from '../core/operation.ts';
import { rootSid } from '../core/sid.ts';
import { CALL_RETENTION_DAYS } from './sessions.ts';
import { expiry, type Item, json, key, parseJson, type Table } from './table.ts';

/** Attempts that are listed of one call. */
export const MAX_DELIVERIES_LISTED = 1_000;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface Deliveries {
  get(callSid: string, eventId: string): Promise<Delivery | undefined>;
  put(delivery: Delivery, nowMs: number): Promise<void>;
  /** Those of a call, or of all calls of its root, in the order of their events. */
  list(callSid: string): Promise<Delivery[]>;
}

export function createDeliveries(table: Table): Deliveries {
  return {
    async get(callSid, eventId) {
      return decode(await table.get(key.delivery(rootSid(callSid), eventId)));
    },

    async put(delivery, nowMs) {
      const { pk, sk } = key.delivery(rootSid(delivery.callSid), delivery.eventId);
      await table.put({
        pk: { S: pk },
        sk: { S: sk },
        delivery: json(delivery),
        expiresAt: expiry(nowMs + CALL_RETENTION_DAYS * DAY_MS),
      });
    },

    async list(callSid) {
      const { items } = await table.query({
        expression: 'pk = :root AND begins_with(sk, :kind)',
        values: { ':root': { S: rootSid(callSid) }, ':kind': { S: 'delivery#' } },
        limit: MAX_DELIVERIES_LISTED,
      });
      return items
        .map(decode)
        .filter(delivery => delivery !== undefined)
        .sort((a, b) => (a.attempts[0]?.atMs ?? 0) - (b.attempts[0]?.atMs ?? 0));
    },
  };
}

const decode = (item: Item | undefined) => parseJson<Delivery>(item?.['delivery']);
