/** Sessions in the call table: one item each, written only by whoever has read its latest version, and one for each call that has left it. */
import type { Call } from '../core/call.ts';
import type { DocumentRequest } from '../core/document.ts';
import type { CallEvent } from '../core/event.ts';
import { type Session, sessionIsOver } from '../core/session.ts';
import type { SmaResponse } from '../core/wire.ts';
import { createEarlierCalls } from './earlier-calls.ts';
import {
  ACCOUNT_INDEX,
  type Condition,
  expiry,
  type Item,
  json,
  key,
  NEW,
  parseJson,
  type Table,
} from './table.ts';

/** How long a call that is over can be read. */
export const CALL_RETENTION_DAYS = 90;
const DAY_MS = 24 * 60 * 60 * 1000;
/** A call that never ends (its end was lost) goes away as well. */
const KEPT_MS = { over: CALL_RETENTION_DAYS * DAY_MS, live: (CALL_RETENTION_DAYS + 1) * DAY_MS };

/** What the last event came to: given again, unchanged, when the voice service asks again. */
export interface Handled {
  sequence: number;
  response: SmaResponse;
  events: CallEvent[];
  notices: DocumentRequest[];
  /** What ran was to be cut. */
  interrupt?: true;
}

export interface StoredSession {
  session: Session;
  version: number;
  handled?: Handled;
  /** Events of a change that no event of the voice service stands for. */
  outbox?: CallEvent[];
  /** Of the request that made it, for an Idempotency-Key that comes again. */
  fingerprint?: string;
}

export interface Sessions {
  get(rootSid: string): Promise<StoredSession | undefined>;
  /** Throws Conflict when the call is there already. */
  create(stored: Omit<StoredSession, 'version'>, nowMs: number): Promise<void>;
  /** Throws Conflict when the session has been written since it was read. */
  save(stored: StoredSession, nowMs: number): Promise<void>;
  /** Those of these SIDs that are there. */
  getAll(sids: readonly string[]): Promise<Session[]>;
  /** One of its calls, also if it has left it; undefined for a SID of none. */
  callOf(session: Session, callSid: string): Promise<Call | undefined>;
  /** All of its calls, also those that have left it, in the order in which they were dialled. */
  allCalls(session: Pick<Session, 'sid' | 'calls' | 'dialledBefore'>): Promise<Call[]>;
  /** Changes a call of a session. Throws Conflict when the session has been written since it was read. */
  saveCall(stored: StoredSession, call: Call, nowMs: number): Promise<void>;
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

export function createSessions(table: Table): Sessions {
  const earlier = createEarlierCalls(table);
  /** Written before the session is: a call is in its own item before it has left, and for a moment in both. */
  const store = async (stored: StoredSession, nowMs: number, condition: Condition) => {
    const { sid, leaving = [] } = stored.session;
    await earlier.put(sid, leaving, nowMs + KEPT_MS.live);
    await table.put(encode(stored, nowMs), condition);
  };

  const save = ({ version, ...stored }: StoredSession, nowMs: number) =>
    store({ ...stored, version: version + 1 }, nowMs, {
      expression: 'version = :version',
      values: { ':version': { N: String(version) } },
    });

  return {
    async get(rootSid) {
      const item = await table.get(key.call(rootSid));
      return item && decode(item);
    },

    getAll: async sids => (await table.getAll(sids.map(key.call))).map(item => decode(item).session),

    async callOf({ sid, calls, dialledBefore }, callSid) {
      const call = calls.find(each => each.sid === callSid);
      return call === undefined && dialledBefore !== undefined ? earlier.get(sid, callSid) : call;
    },

    async allCalls({ sid, calls, dialledBefore }) {
      if (dialledBefore === undefined) return calls;
      const [root, ...dialled] = calls;
      const known = new Set(dialled.map(call => call.sid));
      const left = (await earlier.list(sid)).filter(call => !known.has(call.sid));
      return [...(root ? [root] : []), ...left, ...dialled];
    },

    create: (stored, nowMs) => store({ ...stored, version: 0 }, nowMs, NEW),

    save,

    async saveCall(stored, call, nowMs) {
      const { session } = stored;
      const calls = session.calls.map(each => (each.sid === call.sid ? call : each));
      if (session.calls.some(({ sid }) => sid === call.sid))
        return save({ ...stored, session: { ...session, calls } }, nowMs);
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
      const byPlace = new Map(stored.map(item => [item['gsi1sk']?.S, decode(item).session]));
      const sessions = places.map((at): ListedSession => {
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
      return { sessions, ...(next !== undefined && { next }) };
    },
  };
}

const callsOf = (accountSid: string) => `${accountSid}#calls`;

/** Sorts by creation, and ends in the call's SID, so that it leads back to the item. */
const sortKey = (root: Call) => `${new Date(root.createdAtMs).toISOString()}#${root.sid}`;

const sidOf = (sort: string) => sort.slice(sort.indexOf('#') + 1);

function startKey(accountSid: string, sort: string): Item {
  const { pk, sk } = key.call(sidOf(sort));
  return { pk: { S: pk }, sk: { S: sk }, gsi1pk: { S: callsOf(accountSid) }, gsi1sk: { S: sort } };
}

function encode({ session, version, handled, outbox, fingerprint }: StoredSession, nowMs: number): Item {
  const { calls, leaving: _, ...rest } = session;
  const [root] = calls;
  if (root === undefined) throw new Error(`Session ${session.sid} has no root call.`);
  const { pk, sk } = key.call(session.sid);
  return {
    pk: { S: pk },
    sk: { S: sk },
    // A call that another one has dialled is listed with that one.
    ...(root.parentSid === undefined && {
      gsi1pk: { S: callsOf(session.accountSid) },
      gsi1sk: { S: sortKey(root) },
    }),
    version: { N: String(version) },
    calls: json(calls),
    session: json(rest),
    expiresAt: expiry(nowMs + (sessionIsOver(session) ? KEPT_MS.over : KEPT_MS.live)),
    ...(handled && { handled: json(handled) }),
    ...(outbox && { outbox: json(outbox) }),
    ...(fingerprint !== undefined && { fingerprint: { S: fingerprint } }),
  };
}

function decode(item: Item): StoredSession {
  const handled = parseJson<Handled>(item['handled']);
  const outbox = parseJson<CallEvent[]>(item['outbox']);
  const fingerprint = item['fingerprint']?.S;
  return {
    session: {
      ...parseJson<Omit<Session, 'calls'>>(item['session']),
      calls: parseJson<Call[]>(item['calls']),
    } as Session,
    version: Number(item['version']?.N),
    ...(handled && { handled }),
    ...(outbox && { outbox }),
    ...(fingerprint !== undefined && { fingerprint }),
  };
}
