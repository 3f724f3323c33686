/**
 * Calls whose end has been told. Whatever is told before the end is told again by whoever carries the call on; after
 * it nobody comes by but the call's last wake-up, which looks here.
 */
import { CALL_RETENTION_DAYS } from './sessions.ts';
import { expiry, key, type Table } from './table.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface ToldEnds {
  note(rootSid: string, nowMs: number): Promise<void>;
  has(rootSid: string): Promise<boolean>;
}

export function createToldEnds(table: Table): ToldEnds {
  return {
    async note(rootSid, nowMs) {
      const { pk, sk } = key.toldEnd(rootSid);
      await table.put({
        pk: { S: pk },
        sk: { S: sk },
        expiresAt: expiry(nowMs + CALL_RETENTION_DAYS * DAY_MS),
      });
    },

    has: async rootSid => (await table.get(key.toldEnd(rootSid))) !== undefined,
  };
}
