/** Calls that have left the session which dialled them: an item each. */
import type { Call } from '../core/call.ts';
import { LAST, queryAll } from './account-items.ts';
import { expiry, type Item, json, type Key, parseJson, type Table } from './table.ts';

/** Sorts by when they were dialled, as the calls of one session count up in their SIDs. */
const keyOf = (sessionSid: string, callSid: string): Key => ({ pk: sessionSid, sk: `call#${callSid}` });

export interface EarlierCalls {
  get(sessionSid: string, callSid: string): Promise<Call | undefined>;
  /** All of them, in the order in which they were dialled. */
  list(sessionSid: string): Promise<Call[]>;
  /** Done twice, it comes to the same. */
  put(sessionSid: string, calls: readonly Call[], expiresAtMs: number): Promise<void>;
}

export function createEarlierCalls(table: Table): EarlierCalls {
  return {
    async get(sessionSid, callSid) {
      const item = await table.get(keyOf(sessionSid, callSid));
      return item && decode(item);
    },

    async list(sessionSid) {
      const { pk, sk } = keyOf(sessionSid, '');
      return (await queryAll(table, pk, sk, sk + LAST)).map(decode);
    },

    async put(sessionSid, calls, expiresAtMs) {
      await Promise.all(
        calls.map(call => {
          const { pk, sk } = keyOf(sessionSid, call.sid);
          return table.put({
            pk: { S: pk },
            sk: { S: sk },
            call: json(call),
            expiresAt: expiry(expiresAtMs),
          });
        }),
      );
    },
  };
}

const decode = (item: Item): Call => parseJson<Call>(item['call']) as Call;
