import { describe, expect, it } from 'vitest';
import { EngineCall, HANGUP, lines, pause, say } from '../../support/engine-call.ts';

describe('Hangup', () => {
  it('ends the call in the same list as what comes before it', () => {
    const call = EngineCall.answered([say('Goodbye.'), HANGUP, say('Never heard.')]);

    expect(lines(call.actions)).toEqual(['Speak Goodbye.', 'Hangup LEG-A 0']);
  });

  it('gives a caller that was never answered 480', () => {
    const call = EngineCall.inbound([HANGUP]);

    expect(lines(call.actions)).toEqual(['Hangup LEG-A 480']);
  });

  it('leaves a call that came in completed, answered or not', () => {
    const call = EngineCall.inbound([pause(1), HANGUP]);

    call.hangsUp('LEG-A', 480);

    expect(call.told).toEqual(['A Call Ringing', 'A Call Completed completed']);
  });

  it('is what the end of a document is', () => {
    const call = EngineCall.answered([]);

    expect(lines(call.actions)).toEqual(['Hangup LEG-A 0']);
  });
});
