/** Callees that were moved to sessions of their own are listed as they are there, however many the latest calls have. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSessions } from '../../../aws/sessions.ts';
import type { Call } from '../../../core/call.ts';
import { systemRandom } from '../../../core/random.ts';
import { createSession } from '../../../core/session.ts';
import { childSid, newCallSid } from '../../../core/sid.ts';
import { ACCOUNT, type AccountApi, startAccountApi } from './account-api.ts';

const CALLS = 3;
const MOVED_OF_EACH = 60;
/** Calls on a page, fewer than one of them has dialled: all of their sessions are read all the same. */
const PAGE = 50;

let api: AccountApi;
beforeAll(async () => {
  api = await startAccountApi();
});
afterAll(() => api.close());

/** A call that has dialled many, each of which was moved, and has ended since. */
async function call(): Promise<void> {
  const sessions = createSessions(api.table);
  const { nowMs } = api.clock;
  const sid = newCallSid(systemRandom);
  const { session } = createSession({
    sid,
    accountSid: ACCOUNT,
    dialect: 'signalwire',
    direction: 'inbound',
    to: '+12025550110',
    from: '+12025550100',
    entry: { verbs: [] },
    nowMs,
  });
  const [root] = session.calls as [Call];
  const moved: Call[] = [];
  for (let n = 1; n <= MOVED_OF_EACH; n++) {
    const to = newCallSid(systemRandom);
    const talking = { direction: 'outbound-dial', status: 'in-progress' } as const;
    const callee: Call = { ...root, ...talking, sid: childSid(sid, n), parentSid: sid };
    moved.push({ ...callee, moved: { to, atMs: nowMs } });
    const over = { ...callee, status: 'completed', endedAtMs: nowMs } as const;
    await sessions.create({ session: { ...session, sid: to, calls: [over] } }, nowMs);
  }
  await sessions.create({ session: { ...session, calls: [root, ...moved] } }, nowMs);
}

it('A list has them with the status that each has now', async () => {
  for (let n = 0; n < CALLS; n++) await call();

  const { status, body } = await api.ask('GET', `/2010-04-01/Accounts/${ACCOUNT}/Calls.json`);

  expect(status).toBe(200);
  expect(body.calls).toHaveLength(PAGE);
  expect(new Set(body.calls.map((each: { status: string }) => each.status))).toEqual(new Set(['completed']));
});
