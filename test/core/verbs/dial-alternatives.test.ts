/** Dials that stand in one another's place: targets in turn that are reached in different ways. */
import { describe, expect, it } from 'vitest';
import { dial, EngineCall, lines, say, target } from '../../support/engine-call.ts';

const FIRST = '+12025550101';
const SECOND = '+12025550102';
const action = target('https://example.com/after');
const begun = (more = {}) =>
  EngineCall.answered([
    dial({ numbers: [FIRST], alternatives: 1, ...more }),
    dial({ numbers: [SECOND], ...more }),
    say('Goodbye.'),
  ]);

describe('A Dial with alternatives', () => {
  it('is followed by the next one when nobody answers, and is told once, at the end', () => {
    const call = begun({ action });

    call.calleeDoesNotAnswer();
    const second = lines(call.actions);
    call.calleeDoesNotAnswer();

    expect(second).toEqual([`CallAndBridge ${SECOND}`]);
    expect(call.told.filter(line => line.includes('Dial'))).toEqual(['A Dial Completed']);
    expect(call.waitingFor).toMatchObject({
      target: action,
      facts: { callSid: call.session.calls[2]?.sid, bridged: false },
    });
  });

  it('leaves them out when somebody answers', () => {
    const call = begun();

    call.calleeAnswers();
    call.hangsUp('LEG-B');

    expect(lines(call.actions)).toEqual(['Speak Goodbye.', 'Hangup LEG-A 0']);
    expect(call.session.calls).toHaveLength(2);
  });

  it('leaves them out, too, where its action is only told', () => {
    const call = begun({ action, answer: 'notice' });

    call.calleeAnswers();
    call.hangsUp('LEG-B');

    expect(lines(call.actions)).toEqual(['Speak Goodbye.', 'Hangup LEG-A 0']);
    expect(call.steps.at(-1)?.notices).toMatchObject([{ target: action }]);
  });

  it('rings nobody else once the caller has gone', () => {
    const call = begun();

    call.callerLeavesWhile('ringing the callee');
    call.hangsUp('LEG-A');

    expect(call.session.calls).toHaveLength(2);
    expect(call.told).toContain('A Dial Completed');
  });

  it('rings nobody else when the call is sent elsewhere', () => {
    const call = begun();

    call.isRedirected({ verbs: [say('Elsewhere.')] });
    call.calleeDoesNotAnswer();

    expect(lines(call.actions)).toEqual(['Speak Elsewhere.', 'Hangup LEG-A 0']);
  });
});
