import { describe, expect, it } from 'vitest';
import {
  agreedSessionTimer,
  answerSessionTimer,
  refreshSeconds,
  watchDogSeconds,
} from '../../../sip/session-timer/negotiate.ts';
import { type RefresherRole, SessionExpires } from '../../../sip/session-timer/session-expires.ts';

/** RFC 4028 §9, table 2: what the caller can and asks, and what the callee may answer. */
const table: readonly (readonly [boolean, RefresherRole | undefined, 'us' | undefined, RefresherRole])[] = [
  [false, undefined, undefined, 'uas'],
  [false, 'uas', undefined, 'uas'],
  [true, undefined, undefined, 'uac'],
  [true, undefined, 'us', 'uas'],
  [true, 'uac', 'us', 'uac'],
  [true, 'uas', undefined, 'uas'],
];

describe('who refreshes (RFC 4028 table 2)', () => {
  it.each(table)(
    'caller supports timers: %s, asks for %s; callee prefers %s: %s',
    (supportsTimer, asked, refresher, expected) => {
      const answer = answerSessionTimer(
        { sessionExpires: new SessionExpires(1_800, asked), minSeconds: undefined, supportsTimer },
        { refresher },
      );
      expect(answer).toMatchObject({
        kind: 'on',
        require: expected === 'uac',
        sessionExpires: { refresher: expected },
      });
    },
  );
});

describe('the interval', () => {
  it('of a caller without timer support is taken as its proxy set it, shorter than ours may be', () => {
    const answer = answerSessionTimer(
      { sessionExpires: new SessionExpires(100), minSeconds: undefined, supportsTimer: false },
      { minSeconds: 300 },
    );
    expect(answer).toMatchObject({ kind: 'on', agreement: { intervalSeconds: 100, weRefresh: true } });
  });

  it.each([
    [1, 90],
    [90, 90],
    [91, 91],
  ])('of %i s that a peer insists on counts as %i s (§4)', (asked, counts) => {
    const sessionExpires = new SessionExpires(asked, 'uac');
    const request = { sessionExpires, minSeconds: undefined, supportsTimer: false };
    expect(answerSessionTimer(request, {})).toMatchObject({ agreement: { intervalSeconds: counts } });
    expect(agreedSessionTimer(sessionExpires, undefined)).toMatchObject({ intervalSeconds: counts });
  });

  it('is refreshed at its half and given up 32 s or a third before its end', () => {
    expect([refreshSeconds(1_800), watchDogSeconds(1_800)]).toEqual([900, 1_768]);
    expect([refreshSeconds(90), watchDogSeconds(90)]).toEqual([45, 60]);
  });

  it('is none where neither side wants one', () => {
    const request = { sessionExpires: undefined, minSeconds: undefined, supportsTimer: true };
    expect(answerSessionTimer(request, {})).toEqual({ kind: 'off' });
  });
});
