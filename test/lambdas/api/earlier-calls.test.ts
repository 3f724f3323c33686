/** Calls that have left the session which dialled them are there for whoever asks, as all others are. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSessions } from '../../../aws/sessions.ts';
import type { Call } from '../../../core/call.ts';
import { systemRandom } from '../../../core/random.ts';
import { createSession } from '../../../core/session.ts';
import { childSid, newCallSid } from '../../../core/sid.ts';
import { ACCOUNT, type AccountApi, OTHER, startAccountApi } from './account-api.ts';

let api: AccountApi;
beforeAll(async () => {
  api = await startAccountApi();
});
afterAll(() => api.close());

const CALLS = (accountSid = ACCOUNT) => `/2010-04-01/Accounts/${accountSid}/Calls`;

/** A call that has dialled three: the first has left its session, and the second, which was moved to one of its own. */
async function hunted() {
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
  const dialled = (n: number, more: Partial<Call>): Call => ({
    ...root,
    sid: childSid(sid, n),
    parentSid: sid,
    direction: 'outbound-dial',
    startedAtMs: nowMs,
    ...more,
  });
  const over = { status: 'no-answer', endedAtMs: nowMs } as const;
  const movedTo = newCallSid(systemRandom);
  const second = dialled(2, { status: 'in-progress', answeredAtMs: nowMs });
  const left = [dialled(1, over), { ...second, moved: { to: movedTo, atMs: nowMs } }];
  const calls = [root, dialled(3, { status: 'ringing' })];
  await sessions.create({ session: { ...session, calls, leaving: left, dialledBefore: 2 } }, nowMs);
  const goesOn = { ...second, status: 'completed' as const, endedAtMs: nowMs };
  await sessions.create({ session: { ...session, sid: movedTo, calls: [goesOn] } }, nowMs);
  return { sid, child: (n: number) => childSid(sid, n) };
}

it('A list has them in their order, wherever they have gone', async () => {
  const { sid, child } = await hunted();

  const { body } = await api.ask('GET', `${CALLS()}.json`);

  expect(body.calls.map((call: { sid: string; status: string }) => [call.sid, call.status])).toEqual([
    [child(3), 'ringing'],
    [child(2), 'completed'],
    [child(1), 'no-answer'],
    [sid, 'ringing'],
  ]);
});

it('One is read by its SID, by its owner alone', async () => {
  const { child } = await hunted();

  expect((await api.ask('GET', `${CALLS()}/${child(1)}.json`)).body).toMatchObject({ status: 'no-answer' });
  expect((await api.ask('GET', `${CALLS()}/${child(2)}.json`)).body).toMatchObject({ status: 'completed' });
  expect((await api.ask('GET', `${CALLS(OTHER)}/${child(1)}.json`, undefined, OTHER)).status).toBe(404);
});

it('One that was deleted is shown no more', async () => {
  const { child } = await hunted();

  expect((await api.ask('DELETE', `${CALLS()}/${child(1)}.json`)).status).toBe(204);

  expect((await api.ask('GET', `${CALLS()}/${child(1)}.json`)).status).toBe(404);
  const { body } = await api.ask('GET', `${CALLS()}.json`);
  expect(body.calls.map((call: { sid: string }) => call.sid)).not.toContain(child(1));
});
