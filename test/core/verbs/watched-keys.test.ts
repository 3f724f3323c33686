import { describe, expect, it } from 'vitest';
import type { NumberTarget } from '../../../core/verb.ts';
import { keysMatched, MAX_KEY_GAP_MS } from '../../../core/verbs/watched-keys.ts';
import { dial, EngineCall, lines, target } from '../../support/engine-call.ts';

/** What is matched of keys that are told one after the other, so far apart. */
function matches(sequences: string[], presses: string[], gapMs = 0): string[] {
  let before: ReturnType<typeof keysMatched>['recent'] | undefined;
  return presses.flatMap((keys, at) => {
    const { matched, recent } = keysMatched(sequences, keys, at * gapMs, before);
    before = recent;
    return matched;
  });
}

describe('watched keys', () => {
  it.each([
    [['1'], ['1'], ['1']],
    [['1'], ['2'], []],
    [['1', '2'], ['2131'], ['2', '1', '1']],
    [['22'], ['2', '2'], ['22']],
    [['22'], ['2222'], ['22', '22']],
    [['11'], ['111'], ['11']],
    [['*9'], ['1*', '9'], ['*9']],
    [['9', '*9'], ['*9'], ['*9']],
    [
      ['1', '12'],
      ['1', '2'],
      ['1', '12'],
    ],
    [['123'], ['12', '4', '123'], ['123']],
  ])('%j of %j are %j', (sequences, presses, matched) => {
    expect(matches(sequences, presses)).toEqual(matched);
  });

  it('belong together for a while', () => {
    expect(matches(['12'], ['1', '2'], MAX_KEY_GAP_MS)).toEqual(['12']);
    expect(matches(['12'], ['1', '2'], MAX_KEY_GAP_MS + 1)).toEqual([]);
  });
});

describe('a Dial that watches keys', () => {
  const to = (more: Partial<NumberTarget> = {}): NumberTarget => ({
    kind: 'number',
    number: '+12025550101',
    ...more,
  });
  const callback = { ...target('https://example.com/events'), events: ['digits' as const] };
  const watching = (more: Parameters<typeof dial>[0]) => {
    const call = EngineCall.answered([dial({ targets: [to({ callback })], ...more }), dial()]);
    call.calleeAnswers();
    return call;
  };
  const digits = (step: { events: EngineCall['events'] }) => step.events.map(({ detail }) => detail.digits);

  it('listens to whom it is to', () => {
    const legs = (call: EngineCall) =>
      call.actions.flatMap(action =>
        action.Type === 'ReceiveDigits' ? [action.Parameters.ParticipantTag] : [],
      );
    expect(legs(watching({ watchedKeys: { caller: ['1'] } }))).toEqual(['LEG-A']);
    expect(legs(watching({ watchedKeys: { callee: ['1'] } }))).toEqual(['LEG-B']);
    expect(legs(watching({ watchedKeys: { callee: ['1'] }, hangupOnStar: true }))).toEqual([
      'LEG-A',
      'LEG-B',
    ]);
    expect(legs(watching({}))).toEqual([]);
  });

  it('tells each match as an event of the caller’s call, for the subscriber of the callee’s', () => {
    const call = watching({ watchedKeys: { caller: ['1'], callee: ['22'] } });
    const steps = [call.presses('1'), call.presses('2', 'LEG-B'), call.presses('2', 'LEG-B')];
    const callSid = call.session.calls[1]?.sid;
    expect(steps.map(digits)).toEqual([
      [{ keys: '1', pressedBy: 'caller', callSid }],
      [],
      [{ keys: '22', pressedBy: 'callee', callSid }],
    ]);
    expect(steps[0]?.events[0]).toMatchObject({
      type: 'Dial Digits',
      detail: { call: { sid: call.root.sid }, callback: { subscribed: true, event: 'digits' } },
    });
    expect(lines(steps[2]?.actions ?? [])).toEqual(['ReceiveDigits', 'ReceiveDigits']);
  });

  it('does not take one’s keys for the other’s', () => {
    const call = watching({ watchedKeys: { caller: ['1'], callee: ['2'] } });
    expect([call.presses('2'), call.presses('1', 'LEG-B')].flatMap(digits)).toEqual([]);
  });

  it('still lets the caller hang up with a star, and the callee not', () => {
    const call = watching({ watchedKeys: { caller: ['1*'], callee: ['1'] }, hangupOnStar: true });
    expect(lines(call.presses('*', 'LEG-B').actions)).toEqual(['ReceiveDigits', 'ReceiveDigits']);
    const star = call.presses('1*');
    expect(digits(star)).toMatchObject([{ keys: '1*' }]);
    expect(lines(star.actions)).toEqual(['Hangup LEG-B 0']);
  });

  it('has its keys forgotten by the Dial that follows, which watches none', () => {
    const call = watching({ watchedKeys: { caller: ['12'] } });
    call.presses('1');
    call.hangsUp('LEG-B');
    call.calleeAnswers();
    expect(call.session.flow.pressed).toBeUndefined();
    expect(digits(call.presses('12'))).toEqual([]);
  });

  it('tells nobody where nobody asked', () => {
    const call = watching({ targets: [to()], watchedKeys: { caller: ['1'] } });
    expect(call.presses('1').events).toEqual([]);
  });
});
