import { describe, expect, it } from 'vitest';
import { HOLD_MS } from '../../core/limits.ts';
import { EngineCall, lines, OWN_NUMBER, pause, redirect, say, target } from '../support/engine-call.ts';

const VOICE = { target: target('https://example.com/voice') };
const HOLD = [`Pause ${HOLD_MS}`];

describe('a call that begins with a URL', () => {
  it.each([
    ['comes in', () => EngineCall.inbound(VOICE)],
    ['is answered', () => EngineCall.answered(VOICE)],
  ])('asks for its document when it %s, and holds meanwhile', (_, begin) => {
    const call = begin();
    const step = call.steps.at(-1);

    expect(step?.request).toMatchObject({ id: '0', ...VOICE, call: { sid: call.root.sid } });
    expect(lines(step?.actions ?? [])).toEqual(HOLD);
  });

  it('rings on while it holds a call that came in', () => {
    const call = EngineCall.inbound(VOICE);

    call.listEnds();

    expect(call.root.status).toBe('ringing');
  });

  it('gives its fallback with each request', () => {
    const fallback = target('https://example.com/fallback');
    const call = EngineCall.answered({ ...VOICE, fallback });
    const first = call.waitingFor;

    call.documentArrives([redirect('https://example.com/next')]);

    expect([first?.fallback, call.waitingFor?.fallback]).toEqual([fallback, fallback]);
  });
});

describe('a document that takes its time', () => {
  it('is asked after again when the hold is over: the same request, not a second one', () => {
    const call = EngineCall.answered(VOICE);
    const first = call.steps.at(-1)?.request;

    const step = call.passes(HOLD_MS).listEnds();

    expect(step.request).toEqual(first);
    expect(lines(step.actions)).toEqual(HOLD);
  });

  it('takes the place of the hold when it arrives', () => {
    const call = EngineCall.answered(VOICE);

    const arrived = call.documentArrives([say('Hello.')]);
    const interrupted = call.isInterrupted();

    expect(lines(arrived.actions)).toEqual(['Speak Hello.', 'Hangup LEG-A 0']);
    expect(interrupted.actions).toEqual([]);
  });

  it('changes nothing when it arrives twice', () => {
    const call = EngineCall.answered(VOICE);
    call.documentArrives([say('Hello.')], '0');

    const again = call.documentArrives([say('Hello.')], '0');

    expect(again.actions).toEqual([]);
  });

  it('changes nothing when its decision has passed', () => {
    const call = EngineCall.answered(VOICE);
    call.isRedirected({ target: target('https://example.com/elsewhere') });

    const late = call.documentArrives([say('Too late.')], '0');

    expect(late.actions).toEqual([]);
    expect(call.waitingFor?.id).toBe('1');
  });

  it('changes nothing when the caller has gone', () => {
    const call = EngineCall.answered(VOICE);
    call.hangsUp('LEG-A');

    const late = call.documentArrives([say('Too late.')]);

    expect([late.actions, late.events]).toEqual([[], []]);
  });

  it('hangs up a call that was ended in the meantime', () => {
    const call = EngineCall.answered(VOICE);
    call.isHungUp('completed');

    const late = call.documentArrives([say('Too late.')]);

    expect(lines(late.actions)).toEqual(['Hangup LEG-A 0']);
  });
});

describe('a document that cannot be had', () => {
  const error = {
    code: 11200,
    message: 'The server at example.com answered 500.',
    reason: 'unreachable' as const,
  };

  it('ends the call, and its owner can read why', () => {
    const call = EngineCall.answered(VOICE);

    const step = call.documentArrives({ error });

    expect(lines(step.actions)).toEqual(['Hangup LEG-A 0']);
    expect(call.session.notifications).toMatchObject([
      { code: error.code, message: error.message, level: 'error' },
    ]);
  });

  it('gives a caller that was never answered 480', () => {
    const call = EngineCall.inbound(VOICE);

    expect(lines(call.documentArrives({ error }).actions)).toEqual(['Hangup LEG-A 480']);
  });
});

describe('requests', () => {
  it('are numbered 0, 1, 2, … so that each decision is asked for once', () => {
    const call = EngineCall.answered(VOICE);
    call.documentArrives([redirect('https://example.com/1')]);
    call.documentArrives([pause(1), redirect('https://example.com/2')]);
    call.listEnds();

    expect(call.steps.flatMap(({ request }) => (request ? [request.id] : []))).toEqual(['0', '1', '2']);
  });

  it('tell the call as it is when they are made', () => {
    const call = EngineCall.inbound([say('Hello.'), redirect('https://example.com/next')]);

    const step = call.listEnds();

    expect(step.request?.call).toMatchObject({ status: 'in-progress', to: OWN_NUMBER });
  });
});
