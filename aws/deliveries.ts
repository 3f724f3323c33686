/** Status callbacks and every attempt at them. */
import type { Delivery } from '../core/operation.ts';
import { rootSid } from '../core/sid.ts';
import { CALL_RETENTION_DAYS } from './sessions.ts';
import { Conflict, expiry, type Item, json, key, parseJson, type Table } from './table.ts';

/** Attempts that are listed of one call. */
export const MAX_DELIVERIES_LISTED = 1_000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** By so much a message may come back from its queue before its time. */
const CLOCKS_DIFFER_MS = 2_000;

export interface Deliveries {
  /**
   * For whoever is about to make an attempt: what was tried before, if anything, and until `leaseMs` have passed
   * nobody else gets that. `busy` when somebody else has it.
   */
  claim(event: { callSid: string; eventId: string }, nowMs: number, leaseMs: number): Promise<Claim>;
  /** The attempt is over, and its claim is, unless there is a next one: until about then nobody else makes it. */
  put(delivery: Delivery, nowMs: number, nextAttemptMs?: number): Promise<void>;
  /** Those of a call, or of all calls of its root, in the order of their events. */
  list(callSid: string): Promise<Delivery[]>;
}

export type Claim = 'busy' | { before?: Delivery };

export function createDeliveries(table: Table): Deliveries {
  return {
    async claim({ callSid, eventId }, nowMs, leaseMs) {
      try {
        const item = await table.update(
          key.delivery(rootSid(callSid), eventId),
          'SET busyUntilMs = :until, expiresAt = :expiry',
          {
            ':until': { N: String(nowMs + leaseMs) },
            ':expiry': expiry(nowMs + CALL_RETENTION_DAYS * DAY_MS),
          },
          {
            expression: 'attribute_not_exists(busyUntilMs) OR busyUntilMs <= :now',
            values: { ':now': { N: String(nowMs) } },
          },
        );
        const before = decode(item);
        return before === undefined ? {} : { before };
      } catch (error) {
        if (error instanceof Conflict) return 'busy';
        throw error;
      }
    },

    async put(delivery, nowMs, nextAttemptMs) {
      const { pk, sk } = key.delivery(rootSid(delivery.callSid), delivery.eventId);
      await table.put({
        pk: { S: pk },
        sk: { S: sk },
        delivery: json(delivery),
        ...(nextAttemptMs !== undefined && { busyUntilMs: { N: String(nextAttemptMs - CLOCKS_DIFFER_MS) } }),
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
