import { describe, expect, it } from 'vitest';
import { nextAlarmMs } from '../../../core/advance.ts';
import type { Verb } from '../../../core/verb.ts';
import { dial, EngineCall, lines, say } from '../../support/engine-call.ts';

const LATER: Verb = { verb: 'HangupLater', afterSeconds: 60 };

describe('HangupLater', () => {
  it('lets the call go on, and hangs it up when its time has come', () => {
    const call = EngineCall.answered([LATER, say('Hello.', 0)]);
    expect(lines(call.actions)[0]).toBe('Speak Hello.');
    expect(nextAlarmMs(call.session)).toBe(call.nowMs + 60_000);

    expect(call.passes(59_999).wakes().actions).toEqual([]);
    expect(lines(call.passes(1).wakes().actions)).toEqual(['Hangup LEG-A 0']);
    call.hangsUp('LEG-A');

    expect(call.told.at(-1)).toBe('A Call Completed completed');
  });

  it('ends a bridge as well, and says so once', () => {
    const call = EngineCall.answered([LATER, dial()]);
    call.calleeAnswers();

    expect(lines(call.passes(60_000).wakes().actions)).toEqual(['Hangup LEG-A 0']);
    expect(call.passes(1).wakes().actions).toEqual([]);
  });

  it('means nothing to a call that is over by then', () => {
    const call = EngineCall.answered([LATER, say('Hello.')]);
    call.listEnds();
    call.hangsUp('LEG-A');

    expect(call.passes(60_000).wakes().actions).toEqual([]);
  });
});
