/** Calls one by one, and an account's: in the items of their sessions, and in their own where they have left those. */
import type { Call } from '../core/call.ts';
import type { Session } from '../core/session.ts';
import { createEarlierCalls } from './earlier-calls.ts';
import { callsOf, createSessions, decodeSession, KEPT_MS, type StoredSession, sidOf } from './sessions.ts';
import { ACCOUNT_INDEX, type Item, key, type Table } from './table.ts';

export interface CallRecords {
  /** A call of the session, also if it has left it; undefined for a SID of none. */
  get(session: Session, callSid: string): Promise<Call | undefined>;
  /** All calls of the session, also those that have left it, in the order in which they were dialled. */
  all(session: Pick<Session, 'sid' | 'calls' | 'dialledBefore'>): Promise<Call[]>;
  /** Changes a call of a session. Throws Conflict when the session has been written since it was read. */
  save(stored: StoredSession, call: Call, nowMs: number): Promise<void>;
  /** An account's calls, newest root call first; `after` is where the page before ended. */
  list(
    accountSid: string,
    limit: number,
    after?: string,
  ): Promise<{ sessions: ListedSession[]; next?: string }>;
}

/** Of a session as a list has it: `at` is its place, `dialToken` that of the plan that its newest calls are carried on in. */
export interface ListedSession extends Pick<Session, 'sid' | 'calls' | 'dialToken' | 'dialledBefore'> {
  at: string;
}

export function createCallRecords(table: Table): CallRecords {
  const sessions = createSessions(table);
  const earlier = createEarlierCalls(table);
  return {
    async get({ sid, calls, dialledBefore }, callSid) {
      const call = calls.find(each => each.sid === callSid);
      return call === undefined && dialledBefore !== undefined ? earlier.get(sid, callSid) : call;
    },

    async all({ sid, calls, dialledBefore }) {
      if (dialledBefore === undefined) return calls;
      const [root, ...dialled] = calls;
      const known = new Set(dialled.map(call => call.sid));
      const left = (await earlier.list(sid)).filter(call => !known.has(call.sid));
      return [...(root ? [root] : []), ...left, ...dialled];
    },

    async save(stored, call, nowMs) {
      const { session } = stored;
      const calls = session.calls.map(each => (each.sid === call.sid ? call : each));
      if (session.calls.some(({ sid }) => sid === call.sid))
        return sessions.save({ ...stored, session: { ...session, calls } }, nowMs);
      await earlier.put(session.sid, [call], nowMs + KEPT_MS.over);
    },

    async list(accountSid, limit, after) {
      const { items, last } = await table.query({
        index: ACCOUNT_INDEX,
        expression: 'gsi1pk = :owner',
        values: { ':owner': { S: callsOf(accountSid) } },
        limit,
        newestFirst: true,
        ...(after !== undefined && { after: startKey(accountSid, after) }),
      });
      // The index has no more than its keys: calls change often and are listed seldom, and what an index holds is paid
      // for at each change.
      const places = items.map(item => item['gsi1sk']?.S ?? '');
      const stored = await table.getAll(places.map(at => key.call(sidOf(at))));
      const byPlace = new Map(stored.map(item => [item['gsi1sk']?.S, decodeSession(item).session]));
      const listed = places.map((at): ListedSession => {
        const { calls = [], dialToken, dialledBefore } = byPlace.get(at) ?? {};
        return {
          sid: sidOf(at),
          calls,
          ...(dialToken !== undefined && { dialToken }),
          ...(dialledBefore !== undefined && { dialledBefore }),
          at,
        };
      });
      const next = last?.['gsi1sk']?.S;
      return { sessions: listed, ...(next !== undefined && { next }) };
    },
  };
}

function startKey(accountSid: string, sort: string): Item {
  const { pk, sk } = key.call(sidOf(sort));
  return { pk: { S: pk }, sk: { S: sk }, gsi1pk: { S: callsOf(accountSid) }, gsi1sk: { S: sort } };
}
