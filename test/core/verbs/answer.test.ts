import { describe, expect, it } from 'vitest';
import type { Dial, LaidOutVerb } from '../../../core/verb.ts';
import { CALLEE, EngineCall, laidOut, lines, say } from '../../support/engine-call.ts';

const dial = (more: Partial<Dial> = {}): Dial => ({
  verb: 'Dial',
  targets: [{ kind: 'number', number: CALLEE }],
  order: 'in-turn',
  timeoutSeconds: 30,
  timeLimitSeconds: 14_400,
  hangupOnStar: false,
  answer: 'document',
  afterwards: 'continue',
  answerFirst: true,
  ...more,
});
const SILENCE = ['Speak <speak><break time="1ms"/></speak>'];
const ANSWER: LaidOutVerb = { verb: 'Answer' };

describe('A Dial that answers first', () => {
  it('answers a caller who waits, before anybody is rung', () => {
    const call = EngineCall.inbound(laidOut([dial()]));
    const first = lines(call.actions);
    call.listEnds();

    expect(first).toEqual(SILENCE);
    expect(lines(call.actions)).toEqual([`CallAndBridge ${CALLEE}`]);
    expect(call.told).toEqual(['A Call Ringing', 'A Call Answered', 'B Call Initiated']);
  });

  it.each([
    ['lets a caller wait whose application delays the answer', { delayAnswer: true }],
    ['has nobody to answer in a call that was placed', { direction: 'outbound-api' }],
  ] as const)('%s', (_, settings) => {
    const call =
      'direction' in settings
        ? EngineCall.answered(laidOut([dial()]), settings)
        : EngineCall.inbound(laidOut([dial()]), settings);

    expect(lines(call.actions)).toEqual([`CallAndBridge ${CALLEE}`]);
  });

  it('answers nobody twice', () => {
    const call = EngineCall.inbound([say('Hello.'), ANSWER, say('Goodbye.')]);

    expect(lines(call.actions)).toEqual(['Speak Hello.', 'Speak Goodbye.', 'Hangup LEG-A 0']);
  });
});

describe('A Dial that has nobody to ring', () => {
  it('is over at once, as failed, and its action is told', () => {
    const action = { url: 'https://example.com/after', method: 'POST' } as const;
    const call = EngineCall.answered(laidOut([dial({ targets: [], action })]));

    expect(call.waitingFor).toMatchObject({
      target: action,
      facts: { kind: 'dial', outcome: 'failed', callSid: '', durationSeconds: 0, bridged: false },
    });
    expect(call.told).toContain('A Dial Completed');
  });

  it('without an action lets the document go on', () => {
    const call = EngineCall.answered(laidOut([dial({ targets: [] }), say('Nobody is there.')]));

    expect(lines(call.actions)).toEqual(['Speak Nobody is there.', 'Hangup LEG-A 0']);
  });
});
