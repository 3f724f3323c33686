/** Sessions in the call table: one item each, written only by whoever has read its latest version, and one for each call that has left it (see `earlier-calls.ts`). */
import type { Call } from '../core/call.ts';
import type { DocumentRequest } from '../core/document.ts';
import type { CallEvent } from '../core/event.ts';
import { type Session, sessionIsOver } from '../core/session.ts';
import type { SmaResponse } from '../core/wire.ts';
import { createEarlierCalls } from './earlier-calls.ts';
import { type Condition, expiry, type Item, json, key, NEW, parseJson, type Table } from './table.ts';

/** How long a call that is over can be read. */
export const CALL_RETENTION_DAYS = 90;
const DAY_MS = 24 * 60 * 60 * 1000;
/** A call that never ends (its end was lost) goes away as well. */
export const KEPT_MS = { over: CALL_RETENTION_DAYS * DAY_MS, live: (CALL_RETENTION_DAYS + 1) * DAY_MS };

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
}

export function createSessions(table: Table): Sessions {
  const earlier = createEarlierCalls(table);
  /** Written before the session is: a call is in its own item before it has left, and for a moment in both. */
  const store = async (stored: StoredSession, nowMs: number, condition: Condition) => {
    const { sid, leaving = [] } = stored.session;
    await earlier.put(sid, leaving, nowMs + KEPT_MS.live);
    await table.put(encode(stored, nowMs), condition);
  };

  return {
    async get(rootSid) {
      const item = await table.get(key.call(rootSid));
      return item && decodeSession(item);
    },

    getAll: async sids => (await table.getAll(sids.map(key.call))).map(item => decodeSession(item).session),

    create: (stored, nowMs) => store({ ...stored, version: 0 }, nowMs, NEW),

    save: ({ version, ...stored }, nowMs) =>
      store({ ...stored, version: version + 1 }, nowMs, {
        expression: 'version = :version',
        values: { ':version': { N: String(version) } },
      }),
  };
}

/** Under which an account's root calls stand in the index of accounts. */
export const callsOf = (accountSid: string): string => `${accountSid}#calls`;

/** Their order there: by creation. It ends in the call's SID, so that it leads back to the item. */
const sortKey = (root: Call) => `${new Date(root.createdAtMs).toISOString()}#${root.sid}`;
/** The call that stands at that place in the order. */
export const sidOf = (sort: string): string => sort.slice(sort.indexOf('#') + 1);

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

/** What an item of the table says of its session. */
export function decodeSession(item: Item): StoredSession {
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
