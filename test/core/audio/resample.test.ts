import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resample } from '../../../core/audio/resample.ts';
import { decibels, levelAt, sine, sineLevel } from './sounds.ts';

const RATES_HZ = [
  4_000, 6_000, 8_001, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000,
];

/** The whole of a sound at 8 kHz, read in blocks of this many samples. */
function at8kHz(samples: Float64Array, rateHz: number, blockSamples = 1_000): Float64Array {
  function* blocks() {
    for (let n = 0; n < samples.length; n += blockSamples)
      yield Float32Array.from(samples.subarray(n, n + blockSamples));
  }
  return Float64Array.from(
    [...resample({ rateHz, blocks: blocks() }, 8_000).blocks].flatMap(block => [...block]),
  );
}

describe.each(RATES_HZ)('From %i Hz to 8 kHz', rateHz => {
  const halfRateHz = Math.min(rateHz, 8_000) / 2;
  const passBand = [0.02, 0.1, 0.25, 0.5, 0.75, 0.84].map(part => Math.round(part * halfRateHz));

  it.each(passBand)('a tone of %i Hz keeps its pitch and, within 0.1 dB, its level', frequencyHz => {
    const output = at8kHz(sine(frequencyHz, rateHz, 0.5), rateHz);

    expect(Math.abs(decibels(levelAt(frequencyHz, output) / 0.5))).toBeLessThan(0.1);
    expect(Math.abs(decibels(sineLevel(output) / 0.5))).toBeLessThan(0.1);
  });

  const stopBand = [4_250, 4_600, 5_000, 7_000, 7_900, 8_000, 9_000, 12_000, 16_100, 20_000, 40_000];
  it.each(stopBand.filter(frequencyHz => frequencyHz < rateHz / 2))(
    'a tone of %i Hz leaves no alias above -60 dB',
    hz => {
      const output = at8kHz(sine(hz, rateHz, 0.5), rateHz);

      expect(decibels(sineLevel(output) / 0.5)).toBeLessThan(-60);
    },
  );

  it('a constant stays what it is', () => {
    const output = at8kHz(new Float64Array(rateHz / 4).fill(0.5), rateHz);

    for (const sample of output.subarray(500, -500)) expect(sample).toBeCloseTo(0.5, 3);
  });

  it('the sound keeps its length and its place', () => {
    const input = new Float64Array(rateHz / 2);
    input[Math.round(rateHz / 4)] = 1;

    const output = at8kHz(input, rateHz);

    expect(output.length).toBe(Math.ceil((input.length * 8_000) / rateHz));
    expect(Math.abs(output.indexOf(Math.max(...output)) - 2_000)).toBeLessThanOrEqual(1);
  });
});

describe('A sound', () => {
  it('comes out the same however it is cut into blocks', () => {
    const input = sine(700, 44_100, 0.1);
    const whole = at8kHz(input, 44_100, input.length);

    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), blockSamples => {
        expect(at8kHz(input, 44_100, blockSamples)).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  it('at 8 kHz already is not touched', () => {
    const sound = { rateHz: 8_000, blocks: [Float32Array.of(0.1, -0.2)] };

    expect(resample(sound, 8_000).blocks).toBe(sound.blocks);
  });
});
