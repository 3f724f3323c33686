import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineCall, lines, pause, say } from '../../support/engine-call.ts';

describe('Pause', () => {
  it('is one action up to 30 seconds', () => {
    const call = EngineCall.answered([pause(30)]);

    expect(lines(call.actions)).toEqual(['Pause 30000', 'Hangup LEG-A 0']);
  });

  it('is cut into equal slices above that', () => {
    const call = EngineCall.answered([pause(70)]);

    expect(lines(call.actions)).toEqual(['Pause 23333', 'Pause 23333', 'Pause 23333', 'Hangup LEG-A 0']);
  });

  it('spills over as many lists as it takes', () => {
    const call = EngineCall.answered([pause(330), say('Hello.')]);
    const first = lines(call.actions);

    call.listEnds();

    expect(first).toEqual(Array(10).fill('Pause 30000'));
    expect(lines(call.actions)).toEqual(['Pause 30000', 'Speak Hello.', 'Hangup LEG-A 0']);
  });

  it('is nothing when it is shorter than the voice service can pause', () => {
    const call = EngineCall.answered([pause(0), pause(0.05), say('Hello.')]);

    expect(lines(call.actions)).toEqual(['Speak Hello.', 'Hangup LEG-A 0']);
  });

  it('lasts as long as it says, in slices that the voice service takes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 280 }), seconds => {
        const call = EngineCall.answered([pause(seconds)]);

        const slices = call.actions.flatMap(action =>
          action.Type === 'Pause' ? [Number(action.Parameters.DurationInMilliseconds)] : [],
        );
        const totalMs = slices.reduce((sum, slice) => sum + slice, 0);
        expect(Math.abs(totalMs - seconds * 1000)).toBeLessThan(10);
        expect(slices.filter(slice => slice < 100 || slice > 30_000)).toEqual([]);
      }),
    );
  });

  it('does not answer a call that came in', () => {
    const call = EngineCall.inbound([pause(5)]);

    expect(call.root.status).toBe('ringing');
  });

  it('keeps a Pause of a year out of the session', () => {
    const call = EngineCall.answered([pause(365 * 24 * 3_600)]);

    expect(JSON.stringify(call.session).length).toBeLessThan(5_000);
  });
});
