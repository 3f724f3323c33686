/** How a call that was to be placed ends: rung out, cancelled, limited, refused, lost. */

import { describe, expect, it } from 'vitest';
import { nextAlarmMs } from '../../core/advance.ts';
import type { Outcome } from '../../core/call.ts';
import {
  DEFAULT_RING_TIMEOUT_SECONDS,
  DEFAULT_TIME_LIMIT_SECONDS,
  ENDING_GRACE_MS,
} from '../../core/limits.ts';
import { OUTCOME_BY_SIP_CODE, outcomeOfSipCode } from '../../core/outcome.ts';
import { sessionIsOver } from '../../core/session.ts';
import { dial, EngineCall, lines, OWN_NUMBER, START_MS, say, target } from '../support/engine-call.ts';

const HELLO = [say('Hello.')];
const placed = (settings = {}) => {
  const call = new EngineCall(HELLO, settings);
  call.placed();
  return call;
};

describe('a call that is placed', () => {
  it('is queued, initiated, ringing, answered, completed, and each is told once', () => {
    const call = new EngineCall(HELLO);

    call.placed();
    call.rings();
    call.rings();
    call.answered();
    call.hangsUp('LEG-A');

    expect(call.told).toEqual([
      'A Call Queued',
      'A Call Initiated',
      'A Call Ringing',
      'A Call Answered',
      'A Call Completed completed',
    ]);
  });

  it('may be answered without having rung', () => {
    const call = EngineCall.answered(HELLO);

    expect(call.told).toEqual(['A Call Queued', 'A Call Initiated', 'A Call Answered']);
  });

  it('gets no actions before it is answered, since they would be ignored', () => {
    const call = new EngineCall(HELLO);

    expect([call.placed(), call.rings()].map(({ actions }) => actions)).toEqual([[], []]);
  });
});

describe('a call that is not answered', () => {
  const codes = Object.entries(OUTCOME_BY_SIP_CODE).map(([code, outcome]): [number, Outcome] => [
    Number(code),
    outcome,
  ]);
  it.each([...codes, [404, 'failed'], [503, 'failed']] as [number, Outcome][])(
    'ends with SIP %i as %s',
    (sipCode, outcome) => {
      const call = placed();

      call.hangsUp('LEG-A', sipCode);

      expect(call.told.at(-1)).toBe(`A Call Completed ${outcome}`);
      expect(call.root.sipCode).toBe(sipCode === 0 ? undefined : sipCode);
      expect(outcomeOfSipCode(sipCode)).toBe(outcome);
    },
  );

  it('has its code in the event, and 0 seconds', () => {
    const call = placed();

    call.passes(20_000).hangsUp('LEG-A', 486);

    expect(call.events.at(-1)?.detail.call).toMatchObject({ sipCode: 486, durationSeconds: 0 });
  });

  it.each([
    [undefined, DEFAULT_RING_TIMEOUT_SECONDS],
    [20, 20],
  ])('is ended when its ring time-out of %s is over', (ringTimeoutSeconds, seconds) => {
    const call = placed(ringTimeoutSeconds === undefined ? {} : { ringTimeoutSeconds });
    const alarm = call.steps[0]?.wakeAtMs;

    const woken = call.passes(seconds * 1000).wakes();
    call.hangsUp('LEG-A', 487);

    expect(alarm).toBe(START_MS + seconds * 1000);
    expect(lines(woken.actions)).toEqual(['Hangup LEG-A 0']);
    expect(call.root.status).toBe('no-answer');
  });

  it('is not ended by a wake-up that comes early', () => {
    const call = placed();

    expect(call.passes(59_999).wakes().actions).toEqual([]);
  });
});

describe('a call that is cancelled', () => {
  it('before it is placed, is over at once', () => {
    const call = new EngineCall(HELLO);

    const step = call.isHungUp('canceled');

    expect([step.actions, call.told]).toEqual([[], ['A Call Queued', 'A Call Completed canceled']]);
    expect(sessionIsOver(call.session)).toBe(true);
  });

  it('while it is being placed, is ended as soon as the voice service tells of it', () => {
    const call = new EngineCall(HELLO);
    call.session = { ...call.session, claimedAtMs: START_MS };

    const cancelled = call.isHungUp('canceled');
    const begun = call.placed();
    const woken = call.wakes();
    call.hangsUp('LEG-A', 487);

    expect([cancelled.actions, cancelled.events, begun.wakeAtMs]).toEqual([[], [], START_MS]);
    expect(lines(woken.actions)).toEqual(['Hangup LEG-A 0']);
    expect(call.told).toEqual(['A Call Queued', 'A Call Initiated', 'A Call Completed canceled']);
  });

  it('while it is being placed, is hung up should it be answered first', () => {
    const call = new EngineCall(HELLO);
    call.session = { ...call.session, claimedAtMs: START_MS };
    call.isHungUp('canceled');
    call.placed();

    const step = call.answered();

    expect(lines(step.actions)).toEqual(['Hangup LEG-A 0']);
  });

  it('is told again when its end is not, and is not forgotten', () => {
    const call = placed();
    call.isHungUp('canceled');

    const again = call.passes(ENDING_GRACE_MS).wakes();

    expect(lines(again.actions)).toEqual(['Hangup LEG-A 0']);
    expect(nextAlarmMs(call.session)).toBe(call.nowMs + ENDING_GRACE_MS);
  });
});

describe('the time limit of a call', () => {
  it.each([
    ['placed', () => EngineCall.answered(HELLO, { timeLimitSeconds: 90 }), 90],
    ['that came in', () => EngineCall.inbound(HELLO, { timeLimitSeconds: 90 }), 90],
    ['without one of its own', () => EngineCall.inbound(HELLO), DEFAULT_TIME_LIMIT_SECONDS],
  ])('ends a call %s', (_, begin, seconds) => {
    const call = begin();

    const woken = call.passes(seconds * 1000).wakes();
    call.hangsUp('LEG-A');

    expect(lines(woken.actions)).toEqual(['Hangup LEG-A 0']);
    expect(call.root.status).toBe('completed');
  });

  it('runs from the answer of a call that was placed', () => {
    const call = placed({ timeLimitSeconds: 90 });

    call.passes(30_000).answered();

    expect(call.session.alarms).toEqual({ callLimit: START_MS + 120_000 });
  });

  it('ends a bridge, both legs', () => {
    const call = EngineCall.answered([dial(), say('Never heard.')], { timeLimitSeconds: 90 });
    call.calleeAnswers();

    const steps = [call.passes(90_000).wakes(), call.hangsUp('LEG-A'), call.hangsUp('LEG-B')];

    expect(steps.map(({ actions }) => lines(actions))).toEqual([['Hangup LEG-A 0'], ['Hangup LEG-B 0'], []]);
  });
});

describe('wake-ups', () => {
  it('are asked for once for each alarm, not with every event', () => {
    const call = placed();

    const steps = [call.passes(1_000).rings(), call.passes(1_000).answered()];

    // The one for the ring time-out is under way and comes early enough for the time limit.
    expect(steps.map(({ wakeAtMs }) => wakeAtMs)).toEqual([undefined, undefined]);
  });

  it('are asked for again when the one under way comes too late', () => {
    const call = EngineCall.inbound([dial({ timeLimitSeconds: 60 })]);

    const step = call.calleeAnswers();

    expect(step.wakeAtMs).toBe(START_MS + 60_000);
  });

  it('are not asked for again when one has come too early: it is held back until something is due', () => {
    const call = placed({ timeLimitSeconds: 3_600 });
    call.answered();

    const step = call.passes(60_000).wakes();

    expect([step.actions, step.wakeAtMs]).toEqual([[], undefined]);
  });

  it('are asked for again when the one that is held back comes too late', () => {
    const call = EngineCall.answered([dial({ timeLimitSeconds: 60 })], { timeLimitSeconds: 3_600 });

    const step = call.passes(100_000).calleeAnswers();

    expect(step.wakeAtMs).toBe(START_MS + 160_000);
  });

  it('are asked for again when one has done its work', () => {
    const call = EngineCall.answered([dial({ timeLimitSeconds: 60 })], { timeLimitSeconds: 3_600 });
    call.calleeAnswers();

    const step = call.passes(60_000).wakes();

    expect([lines(step.actions), step.wakeAtMs]).toEqual([['Hangup LEG-B 0'], START_MS + 3_600_000]);
  });

  it('are asked for no more when the call is over', () => {
    const call = placed();

    const step = call.hangsUp('LEG-A', 486);

    expect([step.wakeAtMs, nextAlarmMs(call.session)]).toEqual([undefined, undefined]);
  });
});

describe('a call that the voice service', () => {
  it('refuses to place has failed, and its owner can read why', () => {
    const call = new EngineCall(HELLO);

    call.happens({ kind: 'refused', message: 'BadRequestException: no such number.' });

    expect(call.told).toEqual(['A Call Queued', 'A Call Completed failed']);
    expect(call.session.notifications).toMatchObject([
      { code: 13224, level: 'error', message: 'BadRequestException: no such number.' },
    ]);
  });

  it('refuses to place after it was cancelled is cancelled', () => {
    const call = new EngineCall(HELLO);
    call.session = { ...call.session, claimedAtMs: START_MS };
    call.isHungUp('canceled');

    call.happens({ kind: 'refused', message: 'Canceled.' });

    expect(call.told.at(-1)).toBe('A Call Completed canceled');
  });

  it('has lost is completed, had it been answered, and failed otherwise', () => {
    const ringing = placed();
    const talking = EngineCall.answered([dial()]);

    for (const call of [ringing, talking]) call.happens({ kind: 'lost' });

    expect(ringing.told.at(-1)).toBe('A Call Completed failed');
    expect(talking.told.slice(-2)).toEqual(['A Call Completed completed', 'B Call Completed failed']);
    expect([ringing, talking].map(({ session }) => nextAlarmMs(session))).toEqual([undefined, undefined]);
  });

  it('has lost after it was cancelled is cancelled', () => {
    const call = placed();
    call.isHungUp('canceled');

    call.happens({ kind: 'lost' });

    expect(call.told.at(-1)).toBe('A Call Completed canceled');
  });

  it('answers after all, when it was given up, is hung up and runs no document', () => {
    const call = new EngineCall(HELLO);
    call.happens({ kind: 'refused', message: 'No.' });
    call.placed();

    const step = call.answered();

    expect([lines(step.actions), step.events]).toEqual([['Hangup LEG-A 0'], []]);
  });

  it('does not understand is hung up, and its owner can read why', () => {
    const call = EngineCall.answered(HELLO);

    const step = call.answerIsInvalid();

    expect(lines(step.actions)).toEqual(['Hangup LEG-A 0']);
    expect(call.session.notifications).toMatchObject([
      { code: 20001, message: 'TooManyActions: Too many actions specified in a response.' },
    ]);
  });
});

describe('an unanswered call that came in', () => {
  it('is no-answer when its caller gives up', () => {
    const call = EngineCall.inbound({ target: target('https://example.com/voice') });

    call.hangsUp('LEG-A');

    expect(call.root).toMatchObject({ status: 'no-answer', to: OWN_NUMBER });
  });
});
