import { describe, expect, it } from 'vitest';
import { MAX_ACTIONS_PER_RESPONSE } from '../../sma/contract/limits.ts';
import { CALLEE, dial, EngineCall, HANGUP, lines, pause, say } from '../support/engine-call.ts';

const count = (n: number) => Array.from({ length: n }, (_, index) => say(`${index + 1}`));
const spoken = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `Speak ${from + index}`);

describe('a list of actions', () => {
  it('holds as many verbs as fit, with the end of the document', () => {
    const call = EngineCall.answered(count(9));

    expect(lines(call.actions)).toEqual([...spoken(1, 9), 'Hangup LEG-A 0']);
  });

  it('never holds more than ten actions: what is left comes when it has run', () => {
    const call = EngineCall.answered(count(25));

    const lists = [lines(call.actions), lines(call.listEnds().actions), lines(call.listEnds().actions)];

    expect(lists).toEqual([spoken(1, 10), spoken(11, 20), [...spoken(21, 25), 'Hangup LEG-A 0']]);
  });

  it('leaves the end of the document to the next one when it is full', () => {
    const call = EngineCall.answered(count(MAX_ACTIONS_PER_RESPONSE));

    call.listEnds();

    expect(lines(call.actions)).toEqual(['Hangup LEG-A 0']);
  });

  it('is cut in the middle of a long verb', () => {
    const text = Array.from({ length: 12 }, (_, index) => `${'x'.repeat(997)}${index % 10}. `).join('');
    const call = EngineCall.answered([say('Listen.'), say(text), say('Bye.')]);

    const lists = [call.actions.length, call.listEnds().actions.length];

    expect(lists).toEqual([10, 5]);
  });

  it('ends before a verb whose result decides what comes next', () => {
    const call = EngineCall.answered([say('Hello.'), pause(1), dial(), say('Bye.')]);

    expect(lines(call.actions)).toEqual(['Speak Hello.', 'Pause 1000']);
    expect(lines(call.listEnds().actions)).toEqual([`CallAndBridge ${CALLEE}`]);
  });

  it('is never empty, whatever the document', () => {
    expect(lines(EngineCall.inbound([]).actions)).toEqual(['Hangup LEG-A 480']);
  });
});

describe('when an action fails', () => {
  it('the rest of its list goes on', () => {
    const call = EngineCall.answered([...count(4), HANGUP]);

    const step = call.actionFails(1);

    expect(lines(step.actions)).toEqual([...spoken(3, 4), 'Hangup LEG-A 0']);
  });

  it('what did not fit into its list comes after the rest', () => {
    const call = EngineCall.answered(count(12));

    const step = call.actionFails(7);

    expect(lines(step.actions)).toEqual([...spoken(9, 12), 'Hangup LEG-A 0']);
  });

  it('its owner can read why', () => {
    const call = EngineCall.answered([say('Hello.'), pause(1)]);

    call.actionFails(0, { type: 'AccessDenied', message: 'Access denied.' });

    expect(call.session.notifications).toMatchObject([
      { code: 20001, level: 'warning', message: 'Speak failed: AccessDenied: Access denied.' },
    ]);
  });

  it('the last one of a document ends it', () => {
    const call = EngineCall.answered([say('Hello.')]);

    expect(lines(call.actionFails(0).actions)).toEqual(['Hangup LEG-A 0']);
  });

  it('and the caller has gone, nothing goes on', () => {
    const call = EngineCall.answered(count(3));

    const step = call.callerLeavesWhile('listening');

    expect(step.actions).toEqual([]);
  });
});

describe("an owner's notifications", () => {
  it('are the newest 50, whatever a document brings', () => {
    const call = EngineCall.answered({ target: { url: 'https://example.com/', method: 'POST' } });
    const notifications = Array.from({ length: 20_000 }, (_, index) => ({
      code: 12200,
      level: 'warning' as const,
      message: `${index} ${'x'.repeat(600)}`,
      occurredAtMs: call.nowMs,
    }));

    call.documentArrives({ verbs: [], notifications });

    expect(call.session.notifications).toHaveLength(50);
    expect(call.session.notifications.at(-1)?.message).toMatch(/^19999 x{494}$/);
  });
});
