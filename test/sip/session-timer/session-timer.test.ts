import { describe, expect, it } from 'vitest';
import type { SessionTimerOptions } from '../../../sip/session-timer/session-timer.ts';
import { established } from '../support/calls.ts';
import { Stage } from '../support/stage.ts';

const SECOND = 1_000;

const called = (
  caller: SessionTimerOptions | undefined,
  callee: SessionTimerOptions | undefined = undefined,
) => {
  const stage = new Stage();
  const parties = established(stage, { invite: { sessionTimer: caller }, bob: { sessionTimer: callee } });
  return parties.then(made => ({ stage, ...made }));
};

const messages = (stage: Stage, line: string) =>
  stage.network.passages
    .filter((_, index) => stage.network.ladder[index] === line)
    .map(({ message }) => message);

describe('session timers (RFC 4028)', () => {
  it('refresh by UPDATE at half of the interval, the caller by default; both roles stay for ever', async () => {
    const { stage, calling, called: callee } = await called({ intervalSeconds: 1_800 });
    await stage.clock.advance(20 * 900 * SECOND + 100);
    const updates = messages(stage, '1 UPDATE');
    expect(updates).toHaveLength(20);
    expect(messages(stage, '2 UPDATE')).toEqual([]);
    expect(new Set(updates.map(update => update.headers.get('Session-Expires')))).toEqual(
      new Set(['1800;refresher=uac']),
    );
    expect([calling.end, callee.end]).toEqual([undefined, undefined]);
    expect(calling.timer.agreement).toEqual({ intervalSeconds: 1_800, weRefresh: true, shared: true });
    expect(callee.timer.agreement).toEqual({ intervalSeconds: 1_800, weRefresh: false, shared: true });
  });

  it('refreshed by the callee where the caller leaves that to it: the roles do not flip with the direction', async () => {
    const { stage, calling, called: callee } = await called({ intervalSeconds: 600, refresher: 'peer' });
    await stage.clock.advance(5 * 300 * SECOND + 100);
    expect(messages(stage, '1 UPDATE')).toEqual([]);
    const updates = messages(stage, '2 UPDATE');
    expect(updates).toHaveLength(5);
    expect(updates[4]?.headers.get('Session-Expires')).toBe('600;refresher=uac');
    expect([calling.timer.agreement?.weRefresh, callee.timer.agreement?.weRefresh]).toEqual([false, true]);
  });

  it('are started by a callee that wants them, within the Min-SE of the caller', async () => {
    const { calling, called: callee } = await called(undefined, { intervalSeconds: 300 });
    expect(calling.timer.agreement).toEqual({ intervalSeconds: 300, weRefresh: true, shared: true });
    expect(callee.timer.agreement?.weRefresh).toBe(false);
  });

  it('are lowered by the callee, never under the Min-SE of the caller', async () => {
    const { calling } = await called({ intervalSeconds: 1_800, minSeconds: 600 }, { intervalSeconds: 100 });
    expect(calling.timer.agreement?.intervalSeconds).toBe(600);
  });

  it('too short for the callee get 422, and the caller tries again with its Min-SE', async () => {
    const { stage, calling } = await called({ intervalSeconds: 90 }, { minSeconds: 1_200 });
    expect(stage.network.ladder.slice(0, 5)).toEqual([
      '1 INVITE',
      '2 422 INVITE',
      '1 ACK',
      '1 INVITE',
      '2 180 INVITE',
    ]);
    const [first, second] = messages(stage, '1 INVITE');
    expect(second?.headers.get('Session-Expires')).toBe('1200');
    expect(second?.headers.get('Min-SE')).toBe('1200');
    expect([second?.callId, second?.cseq?.number]).toEqual([first?.callId, 2]);
    expect(second?.from?.tag).toBe(first?.from?.tag);
    expect(calling.timer.agreement?.intervalSeconds).toBe(1_200);
  });

  it.each([
    [1_800, 1_768],
    [90, 60],
  ])('of %i s that nobody refreshes end the call by BYE after %i s', async (intervalSeconds, seconds) => {
    const { stage, called: callee } = await called({ intervalSeconds });
    // The caller is silent from now on, though it is there.
    stage.network.weather = (_bytes, from) => (from.address === '10.0.0.1' ? [] : [0]);
    await stage.clock.advance(seconds * SECOND - 1_000);
    expect(callee.end).toBeUndefined();
    await stage.clock.advance(1_000);
    expect(callee.end).toEqual({ by: 'timer', cause: 'session expired' });
    expect(stage.network.ladder).toContain('2 BYE');
  });

  it('need `Require: timer` in the 2xx when the caller refreshes', async () => {
    const { stage } = await called({ intervalSeconds: 1_800 });
    const [accepted] = messages(stage, '2 200 INVITE');
    expect(accepted?.headers.get('Session-Expires')).toBe('1800;refresher=uac');
    expect(accepted?.require).toEqual(['timer']);
  });

  it('in a re-INVITE or UPDATE too short for us get 422', async () => {
    const { stage, calling } = await called({ intervalSeconds: 1_800 }, { minSeconds: 1_200 });
    const update = calling.core.request('UPDATE', {
      headers: { 'Session-Expires': '100', Supported: 'timer' },
    });
    await stage.clock.advance(10);
    expect([(await update).status, (await update).headers.get('Min-SE')]).toEqual([422, '1200']);
  });

  it.each([
    ['the caller refreshes', undefined, '600;refresher=uas'],
    ['the callee refreshes', 'peer' as const, '600;refresher=uac'],
  ])(
    'stay as they are where a change by the callee says nothing of them: %s',
    async (_who, refresher, answered) => {
      const {
        stage,
        calling,
        called: callee,
      } = await called({ intervalSeconds: 600, ...(refresher ? { refresher } : {}) });
      const before = calling.timer.agreement;
      // As a phone sends it that puts a call on hold and forgets about its timer.
      const update = callee.core.request('UPDATE', {});
      await stage.clock.advance(10);
      expect((await update).headers.get('Session-Expires')).toBe(answered);
      expect(calling.timer.agreement).toEqual(before);
    },
  );
});
