import { describe, expect, it } from 'vitest';
import type { StoredSession } from '../../../aws/sessions.ts';
import type { Call, StatusCallback } from '../../../core/call.ts';
import type { CallChange } from '../../../core/operation.ts';
import { createSession, type Session } from '../../../core/session.ts';
import { modifyCall } from '../../../lambdas/api/operations/modify-call.ts';
import type { Tools } from '../../../lambdas/api/operations/operation.ts';
import { createConclusion } from '../../../lambdas/conclude.ts';
import type { EdgeLink } from '../../../lambdas/edge-link.ts';

const ACCOUNT = `AC${'1'.repeat(32)}`;
const SID = `CA${'3'.repeat(28)}0000`;

/** A queued call, and what a change wrote of it. `more`: what is so besides. */
async function change(
  changes: CallChange[],
  more: { callSid?: string; session?: object; tools?: object } = {},
): Promise<{ calls: Call[]; writes: StoredSession[]; error?: unknown }> {
  const { session: queued } = createSession({
    sid: SID,
    accountSid: ACCOUNT,
    dialect: 'signalwire',
    direction: 'outbound-api',
    to: '+12025550100',
    from: '+12025550110',
    entry: { verbs: [] },
    nowMs: 1,
  });
  const session = { ...queued, ...more.session };
  const writes: StoredSession[] = [];
  const sessions = {
    get: async () => writes.at(-1) ?? { session, version: 0 },
    save: async (stored: StoredSession) => void writes.push(stored),
  } as unknown as Tools['sessions'];
  const bus = { publish: async () => {} };
  const noEdge: EdgeLink = {
    current: async session => session,
    currentAll: async sessions => [...sessions],
    brought: async () => undefined,
    about: async () => ({ surroundings: {}, open: undefined, settle: async () => {} }),
  };
  const tools = {
    sessions,
    calls: {
      get: async ({ calls }: Session, callSid: string) => calls.find(({ sid }) => sid === callSid),
    },
    numbers: { get: async () => undefined },
    bus,
    conclusion: createConclusion(sessions, bus, noEdge),
    edgeLink: noEdge,
    clock: { now: () => 2, sleep: async () => {} },
    ...more.tools,
  } as unknown as Tools;
  const context = { request: { accountSid: ACCOUNT, headers: {} }, dialect: { name: 'signalwire' } };
  try {
    await modifyCall({ callSid: more.callSid ?? SID, changes }, tools, context);
    return { calls: session.calls, writes };
  } catch (error) {
    return { calls: session.calls, writes, error };
  }
}

const CALLBACK: CallChange = {
  callback: { url: 'https://example.com/s', method: 'POST', events: ['completed'] },
};

describe('A change of a call', () => {
  it('cancels a call that is still queued without asking the voice service', async () => {
    const { writes } = await change([CALLBACK, { hangUp: 'canceled' }]);
    expect(writes.at(-1)?.session.calls[0]).toMatchObject({
      status: 'canceled',
      callback: CALLBACK.callback,
    });
  });

  describe('of who is told of a call', () => {
    const CHILD = `${SID.slice(0, -4)}0001`;
    const subscription = (url: string, ...events: StatusCallback['events']): StatusCallback => ({
      url,
      method: 'POST',
      events,
    });
    const OLD = subscription('https://example.com/old', 'ringing', 'completed');
    const NEW = subscription('https://example.com/new', 'completed');
    /** The session of a call, and of one that it has dialled, with the SIP edge or without. */
    async function subscribe(callSid: string, session: object, callback: StatusCallback) {
      const [root] = (await change([])).calls as [Call];
      const child: Call = { ...root, sid: CHILD, parentSid: SID, status: 'ringing', callback: OLD };
      const calls = [{ ...root, callback: OLD }, child];
      const told: unknown[] = [];
      const tools = { plans: { subscribe: async (...said: unknown[]) => void told.push(said) } };
      return { ...(await change([{ callback }], { callSid, session: { calls, ...session }, tools })), told };
    }

    it.each<[string, string, object, boolean]>([
      ['that the edge has dialled', CHILD, { dialToken: 't', transactionId: 'T' }, true],
      ['that the edge places', SID, { dialToken: 't' }, true],
      ['that has dialled by the edge', SID, { dialToken: 't', transactionId: 'T' }, false],
      ['that the voice service has dialled', CHILD, { transactionId: 'T' }, false],
      ['that is still queued', SID, {}, false],
    ])(
      'lets another be told of one %s, and the edge know where it tells',
      async (_, callSid, session, isTheEdges) => {
        const { writes, error, told } = await subscribe(callSid, session, NEW);

        expect(error).toBeUndefined();
        expect(writes.at(-1)?.session.calls.find(({ sid }) => sid === callSid)?.callback).toEqual(NEW);
        expect(told).toEqual(isTheEdges ? [['t', callSid, NEW]] : []);
      },
    );
  });

  it.each([
    ['edge-2', 'is told'],
    [undefined, 'finds it so when it claims the plan'],
  ])('drops one of several calls that ring: %s, which has it, %s', async (claimedBy, _) => {
    const sent: unknown[] = [];
    const dropped: unknown[] = [];
    const CHILD = `${SID.slice(0, -4)}0001`;
    const [root] = (await change([])).calls;
    const { error } = await change([{ hangUp: 'canceled' }], {
      callSid: CHILD,
      session: {
        transactionId: 'transaction',
        dialToken: 'token',
        calls: [root, { ...root, sid: CHILD, parentSid: SID, status: 'ringing' }],
      },
      tools: {
        edge: { send: async (...told: unknown[]) => void sent.push(told) },
        plans: {
          drop: async (...told: unknown[]) => {
            dropped.push(told);
            return claimedBy;
          },
        },
      },
    });
    expect(error).toBeUndefined();
    expect(dropped).toEqual([['token', CHILD, 'canceled']]);
    const command = { kind: 'drop', token: 'token', callSid: CHILD, outcome: 'canceled' };
    expect(sent).toEqual(claimedBy === undefined ? [] : [[command, claimedBy]]);
  });

  it.each<[string, CallChange]>([
    ['hung up', { hangUp: 'completed' }],
    ['sent elsewhere', { redirect: { verbs: [] } }],
  ])('drops all that the edge rings for a call that is %s, once it is told', async (_, asked) => {
    const told: unknown[] = [];
    const [root] = (await change([])).calls;
    const child = (n: number, more: object) => ({
      ...root,
      sid: `${SID.slice(0, -1)}${n}`,
      parentSid: SID,
      ...more,
    });
    const { error } = await change([asked], {
      session: {
        transactionId: 'transaction',
        dialToken: 'token',
        calls: [
          { ...root, status: 'in-progress', answeredAtMs: 1 },
          child(1, { status: 'ringing' }),
          child(2, { status: 'busy', endedAtMs: 1 }),
          child(3, { status: 'initiated' }),
        ],
      },
      tools: {
        layout: { entry: async (entry: object) => entry },
        random: { bytes: (count: number) => Buffer.alloc(count) },
        commands: { put: async (_sid: string, _id: string, command: object) => void told.push(command) },
        voice: { updateCall: async () => {} },
        edge: {
          send: async ({ callSid }: { callSid: string }) => void told.push(`edge drops ${callSid.at(-1)}`),
        },
        plans: {
          get: async () => undefined,
          drop: async (_token: string, callSid: string, outcome: string) => {
            told.push(`${callSid.at(-1)} ${outcome}`);
            return 'edge-2';
          },
        },
      },
    });
    expect(error).toBeUndefined();
    expect(told).toEqual([
      { callSid: SID, change: asked },
      '1 canceled',
      'edge drops 1',
      '3 canceled',
      'edge drops 3',
    ]);
  });

  it.each(['edge-2', undefined])(
    'cancels a call that the edge rings: %s, which has claimed it',
    async claimedBy => {
      const sent: unknown[] = [];
      const { writes, error } = await change([{ hangUp: 'canceled' }], {
        session: { dialToken: 'token' },
        tools: {
          plans: { get: async (token: string) => ({ plan: { token }, claimedBy }) },
          edge: { send: async (...told: unknown[]) => void sent.push(told) },
        },
      });
      expect(error).toBeUndefined();
      expect(writes.at(-1)?.session.calls[0]?.status).toBe('canceled');
      expect(sent).toEqual([[{ kind: 'cancel', token: 'token' }, claimedBy]]);
    },
  );

  it('is made whole or not at all', async () => {
    const { writes, error } = await change([CALLBACK, { redirect: { verbs: [] } }]);
    expect(error).toMatchObject({ kind: 'wrong-state' });
    expect(writes).toEqual([]);
  });
});
