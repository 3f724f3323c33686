import { describe, expect, it } from 'vitest';
import { MAX_DOCUMENTS_IN_A_ROW } from '../../../core/limits.ts';
import { EngineCall, lines, pause, redirect, say, target } from '../../support/engine-call.ts';

const NEXT = 'https://example.com/next';

describe('Redirect', () => {
  it('asks for the next document when everything before it is over', () => {
    const call = EngineCall.answered([say('One moment.'), redirect(NEXT), say('Never heard.')]);
    const first = { actions: lines(call.actions), waitingFor: call.waitingFor };

    const step = call.listEnds();

    expect(first).toEqual({ actions: ['Speak One moment.'], waitingFor: undefined });
    expect(step.request).toMatchObject({ id: '0', target: target(NEXT) });
  });

  it('goes on with the document that arrives', () => {
    const call = EngineCall.answered([redirect(NEXT)]);

    call.documentArrives([say('Here it is.')]);

    expect(lines(call.actions)).toEqual(['Speak Here it is.', 'Hangup LEG-A 0']);
  });

  it('takes documents that only lead to one another for a loop, and ends the call', () => {
    const call = EngineCall.answered([redirect(NEXT)]);

    for (let n = 1; n <= MAX_DOCUMENTS_IN_A_ROW; n++) call.documentArrives([redirect(NEXT)]);

    expect(lines(call.actions)).toEqual(['Hangup LEG-A 0']);
    expect(call.waitingFor).toBeUndefined();
    expect(call.session.notifications).toMatchObject([{ code: 11215, level: 'error' }]);
  });

  it('may lead round and round as long as each round plays something', () => {
    const call = EngineCall.answered([redirect(NEXT)]);

    for (let n = 1; n <= 3 * MAX_DOCUMENTS_IN_A_ROW; n++) {
      call.documentArrives([pause(1), redirect(NEXT)]);
      call.listEnds();
    }

    expect(call.waitingFor).toMatchObject({ target: target(NEXT) });
  });
});
