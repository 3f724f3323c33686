/** Several calls by one request: their names, their order, and all or none of them. */
import { describe, expect, it } from 'vitest';
import type { QueuedMessage } from '../../../aws/queues.ts';
import type { StoredSession } from '../../../aws/sessions.ts';
import { Conflict } from '../../../aws/table.ts';
import type { PlaceCall } from '../../../core/operation.ts';
import { EMPTY_DIRECTORY } from '../../../core/resolve-destination.ts';
import type { Entry, Session } from '../../../core/session.ts';
import { rootSid, siblingSid } from '../../../core/sid.ts';
import type { Tools } from '../../../lambdas/api/operations/operation.ts';
import { placeCalls, REST_RETRY_MS } from '../../../lambdas/api/operations/place-call.ts';
import { readRequest } from '../../../lambdas/api/operations/read-request.ts';

const ACCOUNT = `AC${'1'.repeat(32)}`;
const OWN = '+12025550110';
const callee = (n: number) => `+120255${String(50_000 + n)}`;

const call = (n: number, more: Partial<PlaceCall> = {}): PlaceCall => ({
  to: callee(n),
  from: OWN,
  fields: { to: 'to', from: 'from' },
  entry: { verbs: [{ verb: 'Hangup' }] },
  requestKind: 'menu',
  ...more,
});

/** An account's calls, and what was queued and told. `full` makes the store fail at a call; a bus that is down takes nothing. */
function desk(full: (sid: string) => boolean = () => false, busIsDown = false) {
  const stored = new Map<string, StoredSession>();
  const queued: string[] = [];
  const told: string[] = [];
  const logged: string[] = [];
  const slept: number[] = [];
  let n = 0;
  const tools = {
    clock: { now: () => 1, sleep: async (ms: number) => void slept.push(ms) },
    random: { bytes: (count: number) => new Uint8Array(count).fill(n++) },
    directories: { read: async () => EMPTY_DIRECTORY },
    layout: { entry: async (entry: Entry) => entry },
    numbers: { get: async (number: string) => (number === OWN ? { accountSid: ACCOUNT } : undefined) },
    tokens: { encrypt: async () => '' },
    queue: {
      send: async (messages: QueuedMessage[]) => void queued.push(...messages.map(({ callSid }) => callSid)),
    },
    applications: {},
    bus: {
      async publish(events: { detail: { call: { sid: string } } }[]) {
        if (busIsDown) throw new Error('The bus is down.');
        told.push(...events.map(({ detail }) => detail.call.sid));
      },
    },
    calls: {
      get: async ({ calls }: Session, callSid: string) => calls.find(({ sid }) => sid === callSid),
      all: async ({ calls }: Session) => calls,
    },
    sessions: {
      get: async (sid: string) => stored.get(sid),
      async create(created: Omit<StoredSession, 'version'>) {
        if (stored.has(created.session.sid)) throw new Conflict('It is there.');
        if (full(created.session.sid)) throw new Error('The table is full.');
        stored.set(created.session.sid, { ...created, version: 0 });
      },
    },
    log: (level: string, message: string) => logged.push(`${level}: ${message}`),
    edgeLink: { current: async (session: Session) => session },
  } as unknown as Tools;
  const context = (headers = {}) => ({
    request: { accountSid: ACCOUNT, headers },
    dialect: { name: 'datatechlabs' },
  });
  return {
    stored,
    queued,
    told,
    logged,
    slept,
    place: (calls: PlaceCall[], headers = {}) => placeCalls({ calls }, tools, context(headers)),
    read: (callSid: string) => readRequest({ callSid }, tools, context()),
  };
}

describe('Several calls of one request', () => {
  it('are placed even where nobody can be told of them yet: their events lie with them', async () => {
    const { place, stored, queued, logged } = desk(undefined, true);
    const { result } = await place([call(0)]);

    const [sid = ''] = result.calls.map(each => each.sid);
    expect(queued).toEqual([sid]);
    expect(stored.get(sid)?.outbox).toHaveLength(1);
    expect(logged).toEqual(['error: Queued calls could not be told of']);
  });

  it('are root calls that count up from the first, in the order of the request', async () => {
    const { place, stored } = desk();
    const { result } = await place(Array.from({ length: 25 }, (_, n) => call(n)));
    const [first] = result.calls;
    expect(result.calls.map(({ to }) => to)).toEqual(Array.from({ length: 25 }, (_, n) => callee(n)));
    expect(result.calls.slice(1).map(({ sid }) => sid)).toEqual(
      Array.from({ length: 24 }, (_, n) => siblingSid(first?.sid ?? '', n + 1)),
    );
    expect(result.calls.map(({ sid }) => rootSid(sid))).toEqual(result.calls.map(({ sid }) => sid));
    expect(stored.size).toBe(25);
  });

  it('are each queued and told once', async () => {
    const { place, queued, told } = desk();
    const { result } = await place([call(0), call(1), call(2)]);
    const sids = result.calls.map(({ sid }) => sid);
    expect([queued.toSorted(), told]).toEqual([sids.toSorted(), sids]);
  });

  it('can be read together by the first one, which says what its request was', async () => {
    const { place, read, stored } = desk();
    const { result } = await place([call(0), call(1), call(2)]);
    const [first, second] = result.calls.map(({ sid }) => sid) as [string, string];
    expect((await read(first)).result).toMatchObject({
      callSid: first,
      requestKind: 'menu',
      families: [0, 1, 2].map(n => ({ calls: [{ to: callee(n) }], notifications: [] })),
    });
    (stored.get(second)?.session.calls[0] as { deleted?: true }).deleted = true;
    expect((await read(first)).result.families.map(({ calls }) => calls[0]?.to)).toEqual([
      callee(0),
      callee(2),
    ]);
  });

  it('are all refused when one of them is', async () => {
    const { place, stored, queued } = desk();
    const placing = place([call(0), call(1, { from: '+12025550199' })]);
    await expect(placing).rejects.toMatchObject({ kind: 'caller-id-not-owned' });
    expect([stored.size, queued]).toEqual([0, []]);
  });

  it('are placed without one that has nowhere to go, which ends at once, where its request wants that', async () => {
    const { place, stored, queued, told } = desk();
    const failsAlone = { failsAlone: true } as const;
    const nowhere = 'sip:ann:secret@example.com';
    const { result } = await place([call(0, failsAlone), call(1, { to: nowhere, ...failsAlone })]);

    const [good, bad] = result.calls;
    expect(good).toMatchObject({ to: callee(0), status: 'queued' });
    expect(bad).toMatchObject({
      to: 'sip:ann@example.com',
      status: 'failed',
      end: { by: 'platform', reason: 'invalid-destination' },
    });
    const kept = stored.get(bad?.sid ?? '');
    expect(kept?.session.notifications).toMatchObject([{ message: expect.stringContaining('password') }]);
    expect(kept?.outbox?.map(({ type }) => type)).toEqual(['Call Queued', 'Call Completed']);
    expect(JSON.stringify(kept)).not.toContain('secret');
    // Whoever works the queue tells of it once more, should this request not get to it.
    expect(queued.toSorted()).toEqual(result.calls.map(({ sid }) => sid).toSorted());
    expect(told).toEqual([good?.sid, bad?.sid, bad?.sid]);
  });

  it('are all refused for a caller id that is not theirs, whatever else is wrong', async () => {
    const { place, stored } = desk();
    const placing = place([
      call(0, { failsAlone: true, from: '+12025550199' }),
      call(1, { failsAlone: true, to: 'Ann' }),
    ]);
    await expect(placing).rejects.toMatchObject({ kind: 'caller-id-not-owned' });
    expect(stored.size).toBe(0);
  });

  it('are tried again where the rest of them cannot be stored at once, and each is placed once', async () => {
    let failures = REST_RETRY_MS.length;
    const { place, stored, told, slept } = desk(() => stored.size === 3 && failures-- > 0);
    const { result } = await place([0, 1, 2, 3].map(n => call(n)));

    expect(slept).toEqual(REST_RETRY_MS);
    const sids = result.calls.map(({ sid }) => sid);
    expect([[...stored.keys()].toSorted(), told]).toEqual([sids.toSorted(), sids]);
    expect(result.replayed).toBe(false);
  });

  it('are given up at once where not even the first can be stored', async () => {
    const { place, slept } = desk(() => true);
    await expect(place([call(0), call(1)])).rejects.toThrow('The table is full.');
    expect(slept).toEqual([]);
  });

  it('are the same calls for the same Idempotency-Key, and those that an interrupted request left out are placed', async () => {
    let isFull = true;
    const { place, stored, told } = desk(sid => isFull && stored.size === 2 && sid !== '');
    const calls = [call(0), call(1), call(2)];
    const headers = { 'idempotency-key': 'k' };
    await expect(place(calls, headers)).rejects.toThrow('The table is full.');
    isFull = false;

    const again = await place(calls, headers);
    expect(again.result.replayed).toBe(false);
    expect(stored.size).toBe(3);
    expect(told).toEqual(again.result.calls.map(({ sid }) => sid));

    const third = await place(calls, headers);
    expect(third.result.calls).toEqual(again.result.calls);
    expect([third.result.replayed, third.headers]).toEqual([true, { 'idempotency-replayed': 'true' }]);
    await expect(place(calls.slice(1), headers)).rejects.toMatchObject({ kind: 'idempotency-mismatch' });
  });

  describe('of which the Idempotency-Key was used for another request', () => {
    const headers = { 'idempotency-key': 'k' };
    const another = Array.from({ length: 12 }, (_, n) => call(n + 1));
    const mismatch = { kind: 'idempotency-mismatch' };

    it('are none of them stored or queued', async () => {
      const { place, stored, queued } = desk();
      const { result } = await place([call(0)], headers);
      await expect(place(another, headers)).rejects.toMatchObject(mismatch);
      const sids = result.calls.map(({ sid }) => sid);
      expect([[...stored.keys()], queued]).toEqual([sids, sids]);
    });

    it('are none of them stored where both requests come at once', async () => {
      const { place, stored } = desk();
      const [first, second] = await Promise.allSettled([place([call(0)], headers), place(another, headers)]);
      const [won, lost] = first.status === 'fulfilled' ? [first, second] : [second, first];
      expect(lost).toMatchObject({ status: 'rejected', reason: mismatch });
      expect([...stored.values()].map(({ session }) => session.calls[0]?.to)).toEqual(
        (won as PromiseFulfilledResult<Awaited<ReturnType<typeof place>>>).value.result.calls.map(
          ({ to }) => to,
        ),
      );
    });
  });
});
