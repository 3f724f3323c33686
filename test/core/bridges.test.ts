/** Who is hung up when, from the handler's side: the service's traces S4 to S7, S11 and S13. */
import { describe, expect, it } from 'vitest';
import { dial, EngineCall, lines, say, target } from '../support/engine-call.ts';
import { hangup } from '../support/sma-events.ts';

const actionsOf = (...steps: { actions: Parameters<typeof lines>[0] }[]) =>
  steps.map(({ actions }) => lines(actions));

describe('when the callee hangs up', () => {
  it('the caller goes on with the document (S4)', () => {
    const call = EngineCall.inbound([dial(), say('Goodbye.')]);

    const steps = [call.calleeAnswers(), call.hangsUp('LEG-B'), call.hangsUp('LEG-A')];

    expect(actionsOf(...steps)).toEqual([[], ['Speak Goodbye.', 'Hangup LEG-A 0'], []]);
    expect(call.told).toEqual([
      'A Call Ringing',
      'B Call Initiated',
      'A Call Answered',
      'B Call Answered',
      'B Call Completed completed',
      'A Dial Completed',
      'A Call Completed completed',
    ]);
  });

  it('the caller is hung up where nothing follows', () => {
    const call = EngineCall.inbound([dial()]);
    call.calleeAnswers();

    expect(actionsOf(call.hangsUp('LEG-B'))).toEqual([['Hangup LEG-A 0']]);
  });
});

describe('when the caller hangs up', () => {
  it('the callee is hung up (S5)', () => {
    const call = EngineCall.inbound([dial(), say('Never heard.')]);
    call.calleeAnswers();

    const steps = [call.hangsUp('LEG-A'), call.hangsUp('LEG-B')];

    expect(actionsOf(...steps)).toEqual([['Hangup LEG-B 0'], []]);
    expect(call.told.slice(-3)).toEqual([
      'A Call Completed completed',
      'B Call Completed completed',
      'A Dial Completed',
    ]);
  });

  it('the callee is told to hang up again if its end is not told', () => {
    const call = EngineCall.inbound([dial()]);
    call.calleeAnswers();
    const step = call.hangsUp('LEG-A');

    call.nowMs = step.session.alarms.callLimit ?? Number.NaN;

    expect(actionsOf(call.wakes())).toEqual([['Hangup LEG-B 0']]);
  });

  it('while the callee rings, that call is cancelled (S7)', () => {
    const call = EngineCall.inbound([dial({ numbers: ['+12025550107', '+12025550101'] })]);

    const steps = [call.callerLeavesWhile('ringing the callee'), call.hangsUp('LEG-A')];

    expect(actionsOf(...steps)).toEqual([[], []]);
    expect(call.told.slice(-3)).toEqual([
      'B Call Completed canceled',
      'A Dial Completed',
      'A Call Completed no-answer',
    ]);
  });

  it('while the callee rings, the action is still told what came of it', () => {
    const call = EngineCall.inbound([dial({ action: target('https://example.com/dialled') })]);

    const step = call.callerLeavesWhile('ringing the callee');

    expect(step.notices).toMatchObject([{ facts: { outcome: 'canceled', bridged: false }, discard: true }]);
  });

  it('and only that is told, the call that rang is cancelled all the same', () => {
    const call = EngineCall.inbound([dial()]);

    call.hangsUp('LEG-A');

    expect(call.told.slice(-2)).toEqual(['A Call Completed no-answer', 'B Call Completed canceled']);
  });

  it('while something is played, its end is not answered (S13)', () => {
    const call = EngineCall.answered([say('Hello.'), say('There.')]);

    const steps = [call.callerLeavesWhile('listening'), call.hangsUp('LEG-A')];

    expect(actionsOf(...steps)).toEqual([[], []]);
    expect(call.root.status).toBe('completed');
  });

  it('while a document is waited for, it is waited for no more', () => {
    const call = EngineCall.answered({ target: target('https://example.com/voice') });

    const step = call.callerLeavesWhile('listening');

    expect([step.actions, step.request]).toEqual([[], undefined]);
  });

  it('at the moment at which the callee answers, the callee is hung up', () => {
    const call = EngineCall.inbound([dial()]);
    call.calleeAnswers();

    const steps = [call.callerLeavesWhile('listening'), call.hangsUp('LEG-A'), call.hangsUp('LEG-B')];

    expect(actionsOf(...steps)).toEqual([[], ['Hangup LEG-B 0'], []]);
  });
});

describe('when nobody answers', () => {
  it.each([
    ['at once, as from a busy line', 0, 486],
    ['by its time-out', 30_000, 480],
  ])('%s, a caller who was never answered is turned away so (S6)', (_, ms, code) => {
    const call = EngineCall.inbound([dial({ afterwards: 'hangup' })]);

    expect(actionsOf(call.passes(ms).calleeDoesNotAnswer())).toEqual([[`Hangup LEG-A ${code}`]]);
  });
});

describe('when both legs are gone', () => {
  it('what comes late is not answered, and tells nothing', () => {
    const call = EngineCall.inbound([dial()]);
    call.calleeAnswers();
    call.hangsUp('LEG-A');
    call.hangsUp('LEG-B');
    const told = call.told.length;

    const late = call.happens({ kind: 'event', event: hangup('LEG-A', { a: 'Disconnected' }) });

    expect([late.actions, call.told.length, late.wakeAtMs]).toEqual([[], told, undefined]);
  });
});
