import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientConfiguration } from '../../aws/clients.ts';
import { CALL_RETENTION_DAYS, type StoredSession } from '../../aws/sessions.ts';
import { Conflict } from '../../aws/table.ts';
import type { Call } from '../../core/call.ts';
import { systemRandom } from '../../core/random.ts';
import { createSession } from '../../core/session.ts';
import { childSid, newCallSid } from '../../core/sid.ts';
import { ServiceBench } from '../support/service-bench.ts';

const ACCOUNT = `AC${'a'.repeat(32)}`;
const DAY_SECONDS = 24 * 60 * 60;

describe('the call table', () => {
  let bench: ServiceBench;

  beforeAll(async () => {
    bench = await ServiceBench.start();
  });
  afterAll(() => bench.close());

  const sessions = () => bench.stores.sessions;
  const calls = () => bench.stores.calls;
  const nowMs = () => bench.clock.now();
  function newCall(accountSid = ACCOUNT, atMs = nowMs()) {
    return createSession({
      sid: newCallSid(systemRandom),
      accountSid,
      dialect: 'signalwire',
      direction: 'outbound-api',
      to: '+12025550100',
      from: '+12025550110',
      entry: { verbs: [{ verb: 'Hangup' }] },
      nowMs: atMs,
    });
  }
  async function stored(accountSid = ACCOUNT, atMs = nowMs()): Promise<StoredSession> {
    const { session, events } = newCall(accountSid, atMs);
    await sessions().create({ session, outbox: events, fingerprint: 'f' }, nowMs());
    return { session, outbox: events, fingerprint: 'f', version: 0 };
  }
  const item = async (pk: string, sk: string) => {
    const client = new DynamoDBClient(clientConfiguration('DYNAMODB', bench.context.env));
    const { Item } = await client.send(
      new GetItemCommand({ TableName: 'calls', Key: { pk: { S: pk }, sk: { S: sk } } }),
    );
    return Item;
  };

  describe('with sessions', () => {
    it('gives back what was stored', async () => {
      const before = await stored();
      expect(await sessions().get(before.session.sid)).toEqual(before);
      expect(await sessions().get(newCallSid(systemRandom))).toBeUndefined();
    });

    it('creates a call once', async () => {
      const { session } = await stored();
      await expect(sessions().create({ session }, nowMs())).rejects.toBeInstanceOf(Conflict);
    });

    it('lets only whoever has read the latest version write', async () => {
      const first = await stored();
      await sessions().save({ ...first, session: { ...first.session, transactionId: 'T1' } }, nowMs());
      await expect(sessions().save(first, nowMs())).rejects.toBeInstanceOf(Conflict);
      const latest = await sessions().get(first.session.sid);
      expect(latest).toMatchObject({ version: 1, session: { transactionId: 'T1' } });
      await Promise.allSettled(
        Array.from({ length: 5 }, () => sessions().save(latest as StoredSession, nowMs())),
      ).then(outcomes =>
        expect(outcomes.map(({ status }) => status).sort()).toEqual([
          'fulfilled',
          ...Array(4).fill('rejected'),
        ]),
      );
    });

    it('lets a call that is over run out, and one that lasts a day later', async () => {
      const live = await stored();
      const seconds = nowMs() / 1000;
      const expiresAt = async () => Number((await item(live.session.sid, 'call'))?.['expiresAt']?.N);
      expect(await expiresAt()).toBe(seconds + (CALL_RETENTION_DAYS + 1) * DAY_SECONDS);
      const calls = live.session.calls.map(call => ({ ...call, status: 'completed' as const, endedAtMs: 1 }));
      await sessions().save({ ...live, session: { ...live.session, calls } }, nowMs());
      expect(await expiresAt()).toBe(seconds + CALL_RETENTION_DAYS * DAY_SECONDS);
    });

    it('lists an account’s calls, newest first, page by page', async () => {
      const account = `AC${'b'.repeat(32)}`;
      const sids: string[] = [];
      for (let n = 0; n < 7; n++) sids.unshift((await stored(account, nowMs() + n * 1000)).session.sid);
      await stored();
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await calls().list(account, 3, after);
        expect(page.sessions.length).toBeLessThanOrEqual(3);
        seen.push(...page.sessions.map(({ calls }) => calls[0]?.sid as string));
        after = page.next;
      } while (after !== undefined);
      expect(seen).toEqual(sids);
    });

    it('keeps calls that leave a session in items of their own', async () => {
      const before = await stored();
      const { session } = before;
      const [root] = session.calls as [Call];
      const [first, second, third] = [1, 2, 3].map(n => ({
        ...root,
        sid: childSid(session.sid, n),
        parentSid: session.sid,
      })) as [Call, Call, Call];
      const { all, get: one } = calls();

      await sessions().save(
        {
          ...before,
          session: { ...session, calls: [root, third], leaving: [first, second], dialledBefore: 2 },
        },
        nowMs(),
      );

      const after = (await sessions().get(session.sid)) as StoredSession;
      expect(after.session).toEqual({ ...session, calls: [root, third], dialledBefore: 2 });
      expect(await all(after.session)).toEqual([root, first, second, third]);
      expect(await one(after.session, second.sid)).toEqual(second);
      expect(await one(after.session, third.sid)).toEqual(third);
      expect(await one(after.session, childSid(session.sid, 4))).toBeUndefined();
      // As it was read a moment ago, and as it was before.
      expect(await all({ ...after.session, calls: [root, first, second, third] })).toHaveLength(4);
      expect(await all(session)).toEqual([root]);
      expect(Number((await item(session.sid, `call#${first.sid}`))?.['expiresAt']?.N)).toBe(
        nowMs() / 1000 + (CALL_RETENTION_DAYS + 1) * DAY_SECONDS,
      );
    });

    it('changes a call where it is', async () => {
      const before = await stored();
      const [root] = before.session.calls as [Call];
      const left = { ...root, sid: childSid(root.sid, 1), parentSid: root.sid };
      const session = { ...before.session, leaving: [left], dialledBefore: 1 };
      await sessions().save({ ...before, session }, nowMs());
      const after = (await sessions().get(root.sid)) as StoredSession;

      await calls().save(after, { ...left, deleted: true }, nowMs());
      await calls().save(after, { ...root, to: '+12025550199' }, nowMs());

      const { session: last } = (await sessions().get(root.sid)) as StoredSession;
      expect(last.calls).toEqual([{ ...root, to: '+12025550199' }]);
      expect(await calls().get(last, left.sid)).toEqual({ ...left, deleted: true });
      await expect(calls().save(after, root, nowMs())).rejects.toBeInstanceOf(Conflict);
    });

    it('lists nothing for an account that has no calls', async () => {
      expect(await calls().list(`AC${'c'.repeat(32)}`, 10)).toEqual({ sessions: [] });
    });
  });

  describe('with documents', () => {
    it('gives a question to whoever claims it first', async () => {
      const { documents } = bench.stores;
      const claims = await Promise.all(Array.from({ length: 4 }, () => documents.claim('CA1', '0', nowMs())));
      expect(claims.filter(Boolean)).toHaveLength(1);
      expect(await documents.get('CA1', '0')).toEqual({ claimedAtMs: nowMs() });
      await documents.finish('CA1', '0', { verbs: [{ verb: 'Hangup' }] });
      expect(await documents.get('CA1', '0')).toEqual({
        claimedAtMs: nowMs(),
        result: { verbs: [{ verb: 'Hangup' }] },
      });
      expect(Number((await item('CA1', 'document#0'))?.['expiresAt']?.N)).toBe(nowMs() / 1000 + DAY_SECONDS);
    });
  });

  describe('with commands', () => {
    it('keeps one until its call has picked it up', async () => {
      const { commands } = bench.stores;
      const command = { callSid: 'CA1', change: { hangUp: 'completed' as const } };
      await commands.put('CA1', 'c1', command, nowMs());
      expect(await commands.get('CA1', 'c1')).toEqual(command);
      expect(await commands.get('CA1', 'c2')).toBeUndefined();
      expect(Number((await item('CA1', 'command#c1'))?.['expiresAt']?.N)).toBe(nowMs() / 1000 + 3600);
    });
  });

  describe('with deliveries', () => {
    const LEASE_MS = 30_000;
    const event = { callSid: `CA${'d'.repeat(28)}0001`, eventId: 'e1' };
    const delivery = {
      ...event,
      request: { method: 'POST', url: 'http://x/', parameters: {} },
      state: 'pending' as const,
      attempts: [{ atMs: 1, durationMs: 2, status: 500 }],
    };

    it('gives an attempt to one at a time, and the next one when it is due', async () => {
      const { deliveries } = bench.stores;
      const message = { ...event, messageId: 'm1' };
      const another = { ...event, messageId: 'm2' };
      expect(await deliveries.claim(message, nowMs(), LEASE_MS)).toEqual({});
      expect(await deliveries.claim(another, nowMs() + LEASE_MS - 1, LEASE_MS)).toEqual({
        busyUntilMs: nowMs() + LEASE_MS,
        messageId: 'm1',
      });
      expect(await deliveries.list(event.callSid)).toEqual([]);
      await deliveries.put(delivery, nowMs(), { atMs: nowMs() + 60_000, messageId: 'm1' });
      const { busyUntilMs, messageId } = (await deliveries.claim(another, nowMs() + 10_000, LEASE_MS)) as {
        busyUntilMs: number;
        messageId?: string;
      };
      expect(messageId).toBe('m1');
      expect((nowMs() + 60_000 - busyUntilMs) / 1000).toBeCloseTo(2);
      expect(await deliveries.claim(message, nowMs() + 60_000, LEASE_MS)).toEqual({ before: delivery });
      await deliveries.put({ ...delivery, state: 'delivered' }, nowMs());
      expect(await deliveries.claim(message, nowMs(), LEASE_MS)).toMatchObject({
        before: { state: 'delivered' },
      });
    });

    it('lists those of a call and of the calls that it dialled, by time', async () => {
      const { deliveries } = bench.stores;
      const root = `CA${'e'.repeat(28)}0000`;
      const at = (callSid: string, eventId: string, atMs: number) =>
        deliveries.put({ ...delivery, callSid, eventId, attempts: [{ atMs, durationMs: 1 }] }, nowMs());
      await at(root, 'late', 30);
      await at(root.replace(/0000$/, '0001'), 'early', 10);
      expect((await deliveries.list(root)).map(({ eventId }) => eventId)).toEqual(['early', 'late']);
    });
  });

  describe('with numbers', () => {
    it('finds one by its digits, and lists an account’s in order', async () => {
      const { numbers } = bench.stores;
      const number = (digits: string) => ({
        sid: `PN${digits.slice(1)}`,
        number: digits,
        accountSid: ACCOUNT,
        dialect: 'signalwire',
        friendlyName: digits,
        createdAtMs: 0,
        updatedAtMs: 0,
      });
      for (const digits of ['+12025550112', '+12025550110', '+12025550111'])
        await numbers.put(number(digits));
      expect(await numbers.get('+12025550111')).toEqual(number('+12025550111'));
      expect(await numbers.get('+12025550119')).toBeUndefined();
      expect((await numbers.list(ACCOUNT)).map(each => each.number)).toEqual([
        '+12025550110',
        '+12025550111',
        '+12025550112',
      ]);
    });
  });
});
