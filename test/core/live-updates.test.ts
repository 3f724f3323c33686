import { describe, expect, it } from 'vitest';
import type { Action } from '../../sma/contract/action.ts';
import { CALLEE, dial, EngineCall, HANGUP, lines, redirect, say, target } from '../support/engine-call.ts';
import { actionFailed } from '../support/sma-events.ts';

const ELSEWHERE = { verbs: [say('Elsewhere.')] };
const ARRIVED = ['Speak Elsewhere.', 'Hangup LEG-A 0'];

describe('a live update', () => {
  it('takes over from what is being said', () => {
    const call = EngineCall.answered([say('Hello.', 0)]);

    const update = call.isRedirected(ELSEWHERE);
    const interrupted = call.isInterrupted();

    expect(lines(update.actions)).toEqual(ARRIVED);
    expect(interrupted.actions).toEqual([]);
  });

  it('takes over from the last words of a document', () => {
    const call = EngineCall.answered([say('Goodbye.'), HANGUP]);
    call.isRedirected({ target: target('https://example.com/elsewhere') });

    call.documentArrives([say('Wait.'), redirect('https://example.com/next')]);
    const spoken = lines(call.actions);
    call.listEnds();

    expect(spoken).toEqual(['Speak Wait.']);
    expect(call.waitingFor?.target?.url).toBe('https://example.com/next');
  });

  it('takes over from a document that is waited for', () => {
    const call = EngineCall.answered({ target: target('https://example.com/voice') });

    const update = call.isRedirected({ target: target('https://example.com/elsewhere') });

    expect(update.request).toMatchObject({ id: '1', target: target('https://example.com/elsewhere') });
  });

  it('begins to count documents anew', () => {
    const call = EngineCall.answered([redirect('https://example.com/1')]);
    for (let n = 0; n < 15; n++) call.documentArrives([redirect('https://example.com/1')]);

    call.isRedirected({ verbs: [redirect('https://example.com/2')] });
    for (let n = 0; n < 15; n++) call.documentArrives([redirect('https://example.com/2')]);

    expect(call.waitingFor).toBeDefined();
  });

  it('of a call that still rings at its other end is what it begins with when it is answered', () => {
    const call = new EngineCall([say('Hello.')]);
    call.placed();

    const update = call.isRedirected(ELSEWHERE);
    const answered = call.answered();

    expect([update, answered].map(({ actions }) => lines(actions))).toEqual([[], ARRIVED]);
  });

  it('is not disturbed when what could not be cut fails only then', () => {
    const call = EngineCall.answered([{ verb: 'SendDigits', digits: '1', loop: 1 }]);
    const [running] = call.actions;
    call.isRedirected(ELSEWHERE);

    const step = call.happens({
      kind: 'event',
      event: actionFailed(running as Action, { type: 'SystemException', message: 'System error.' }),
    });

    expect(step.actions).toEqual([]);
  });

  it('leaves a call alone that is over, or is being ended', () => {
    const over = EngineCall.answered([say('Hello.')]);
    over.hangsUp('LEG-A');
    const ending = EngineCall.answered([say('Hello.')]);
    ending.isHungUp('completed');

    const steps = [over.isRedirected(ELSEWHERE), ending.isRedirected(ELSEWHERE)];

    expect(steps.map(({ actions }) => actions)).toEqual([[], []]);
  });
});

describe('a live update of a call that has dialled', () => {
  it('hangs the callee up first, and takes over when that is done', () => {
    const call = EngineCall.answered([dial({ action: target('https://example.com/dialled') })]);
    call.calleeAnswers();

    const update = call.isRedirected(ELSEWHERE);
    const ended = call.hangsUp('LEG-B');
    const hungUp = call.listEnds();

    expect([update, ended, hungUp].map(({ actions }) => lines(actions))).toEqual([
      ['Hangup LEG-B 0'],
      [],
      ARRIVED,
    ]);
    expect(hungUp.request).toBeUndefined();
    expect(call.told.slice(-2)).toEqual(['B Call Completed completed', 'A Dial Completed']);
  });

  it('waits while the callee rings, since the voice service cannot stop that', () => {
    const call = EngineCall.answered([dial()]);

    const update = call.isRedirected(ELSEWHERE);
    const unanswered = call.calleeDoesNotAnswer();

    expect([update, unanswered].map(({ actions }) => lines(actions))).toEqual([[], ARRIVED]);
  });

  it('hangs a callee up that answers meanwhile', () => {
    const call = EngineCall.answered([dial()]);
    call.isRedirected(ELSEWHERE);

    const answered = call.calleeAnswers();
    call.hangsUp('LEG-B');
    call.listEnds();

    expect(lines(answered.actions)).toEqual(['Hangup LEG-B 0']);
    expect(lines(call.actions)).toEqual(ARRIVED);
  });

  it('rings no further target', () => {
    const call = EngineCall.answered([dial({ numbers: [CALLEE, '+12025550101'] })]);
    call.isRedirected(ELSEWHERE);

    call.calleeDoesNotAnswer();

    expect(lines(call.actions)).toEqual(ARRIVED);
  });

  it('takes over from a Dial that would have ended the call', () => {
    const call = EngineCall.answered([dial({ afterwards: 'hangup' })]);
    call.isRedirected(ELSEWHERE);

    call.calleeDoesNotAnswer();

    expect(lines(call.actions)).toEqual(ARRIVED);
  });

  it('is replaced by the next one, and the callee is hung up once', () => {
    const call = EngineCall.answered([dial()]);
    call.calleeAnswers();
    call.isRedirected({ verbs: [say('Never heard.')] });

    const second = call.isRedirected(ELSEWHERE);
    call.hangsUp('LEG-B');
    call.listEnds();

    expect(second.actions).toEqual([]);
    expect(lines(call.actions)).toEqual(ARRIVED);
  });

  it('goes on when the callee has hung up just before', () => {
    const call = EngineCall.answered([dial()]);
    call.calleeAnswers();
    call.isRedirected(ELSEWHERE);

    call.hangsUp('LEG-B');
    call.actionFails(0, { type: 'InvalidActionParameter', message: 'CallId or ParticipantTag is invalid.' });

    expect(lines(call.actions)).toEqual(ARRIVED);
  });
});

describe('hanging a call up', () => {
  it('ends it when its leg has gone', () => {
    const call = EngineCall.answered([say('Hello.', 0)]);

    const step = call.isHungUp('completed');
    const before = call.root.status;
    call.hangsUp('LEG-A');

    expect(lines(step.actions)).toEqual(['Hangup LEG-A 0']);
    expect([before, call.root.status]).toEqual(['in-progress', 'completed']);
  });

  it('cancels a call that rings', () => {
    const call = new EngineCall([say('Hello.')]);
    call.placed();
    call.rings();

    const step = call.isHungUp('canceled');
    call.hangsUp('LEG-A', 487);

    expect(lines(step.actions)).toEqual(['Hangup LEG-A 0']);
    expect(call.root).toMatchObject({ status: 'canceled', sipCode: 487 });
  });

  it('gives a caller that was never answered 480', () => {
    const call = EngineCall.inbound([dial()]);

    expect(lines(call.isHungUp('completed').actions)).toEqual(['Hangup LEG-A 480']);
  });

  it('ends both legs of a bridge', () => {
    const call = EngineCall.answered([dial(), say('Never heard.')]);
    call.calleeAnswers();

    const steps = [call.isHungUp('completed'), call.hangsUp('LEG-A'), call.hangsUp('LEG-B')];

    expect(steps.map(({ actions }) => lines(actions))).toEqual([['Hangup LEG-A 0'], ['Hangup LEG-B 0'], []]);
    expect(call.session.calls.map(({ status }) => status)).toEqual(['completed', 'completed']);
  });

  it('while a callee rings, hangs up whatever comes of that', () => {
    const unanswered = EngineCall.answered([dial({ numbers: [CALLEE, '+12025550101'] }), say('No.')]);
    const answered = EngineCall.answered([dial()]);
    for (const call of [unanswered, answered]) call.isHungUp('completed');

    const steps = [unanswered.calleeDoesNotAnswer(), answered.calleeAnswers()];

    expect(steps.map(({ actions }) => lines(actions))).toEqual([['Hangup LEG-A 0'], ['Hangup LEG-A 0']]);
    expect(unanswered.dialled.status).toBe('canceled');
  });
});

describe('hanging a dialled call up', () => {
  it('leaves the call that dialled it to its document', () => {
    const call = EngineCall.answered([dial(), say('Still there?')]);
    call.calleeAnswers();

    const step = call.isHungUp('completed', call.dialled.sid);
    call.hangsUp('LEG-B');
    call.listEnds();

    expect(lines(step.actions)).toEqual(['Hangup LEG-B 0']);
    expect(lines(call.actions)).toEqual(['Speak Still there?', 'Hangup LEG-A 0']);
  });

  it('while it rings, is its outcome when the voice service can end it', () => {
    const call = EngineCall.answered([dial()]);

    const step = call.isHungUp('canceled', call.dialled.sid);
    call.passes(30_000).calleeDoesNotAnswer();

    expect([step.actions, call.dialled.status]).toEqual([[], 'canceled']);
  });

  it('while it rings, hangs it up should it be answered', () => {
    const call = EngineCall.answered([dial()]);
    call.isHungUp('canceled', call.dialled.sid);

    const step = call.calleeAnswers();

    expect(lines(step.actions)).toEqual(['Hangup LEG-B 0']);
  });

  it('changes nothing when it is over, or is no call of this one', () => {
    const call = EngineCall.answered([dial(), say('Hello.')]);
    const sid = call.dialled.sid;
    call.calleeDoesNotAnswer();

    const steps = [call.isHungUp('completed', sid), call.isHungUp('completed', 'CAffff')];

    expect(steps.map(({ actions }) => actions)).toEqual([[], []]);
  });
});
