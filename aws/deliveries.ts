/** Status callbacks and every attempt at them. */
import { CLOCKS_DIFFER_MS } from '../core/limits.ts';
import type { Delivery } from '../core/operation.ts';
import { rootSid } from '../core/sid.ts';
import { CALL_RETENTION_DAYS } from './sessions.ts';
import { Conflict, expiry, type Item, json, key, parseJson, type Table } from './table.ts';

/** Attempts that are listed of one call. */
export const MAX_DELIVERIES_LISTED = 1_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A message of the callback queue that is about an event. The queue may have several of one event. */
export interface CallbackMessage {
  callSid: string;
  eventId: string;
  messageId: string;
}

export interface Deliveries {
  /**
   * For whoever is about to make an attempt: what was tried before, if anything, and until `leaseMs` have passed
   * nobody else gets that. When somebody has it, or the next attempt is not due, until when, and which message has it.
   */
  claim(message: CallbackMessage, nowMs: number, leaseMs: number): Promise<Claim>;
  /** The attempt is over, and its claim is, unless there is a next one: until about then nobody else makes it. */
  put(delivery: Delivery, nowMs: number, next?: { atMs: number; messageId: string }): Promise<void>;
  /** Those of a call, or of all calls of its root, in the order of their events. */
  list(callSid: string): Promise<Delivery[]>;
}

export type Claim = { busyUntilMs: number; messageId?: string } | { before?: Delivery };

export function createDeliveries(table: Table): Deliveries {
  return {
    async claim({ callSid, eventId, messageId }, nowMs, leaseMs) {
      const itemKey = key.delivery(rootSid(callSid), eventId);
      try {
        const item = await table.update(
          itemKey,
          'SET busyUntilMs = :until, messageId = :message, expiresAt = :expiry',
          {
            ':until': { N: String(nowMs + leaseMs) },
            ':message': { S: messageId },
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
        if (!(error instanceof Conflict)) throw error;
        const item = await table.get(itemKey);
        const owner = item?.['messageId']?.S;
        // It may have been let go just now.
        const busyUntilMs = Number(item?.['busyUntilMs']?.N ?? nowMs);
        return { busyUntilMs, ...(owner !== undefined && { messageId: owner }) };
      }
    },

    async put(delivery, nowMs, next) {
      const { pk, sk } = key.delivery(rootSid(delivery.callSid), delivery.eventId);
      await table.put({
        pk: { S: pk },
        sk: { S: sk },
        delivery: json(delivery),
        ...(next && {
          busyUntilMs: { N: String(next.atMs - CLOCKS_DIFFER_MS) },
          messageId: { S: next.messageId },
        }),
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
