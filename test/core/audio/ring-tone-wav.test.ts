import { describe, expect, it } from 'vitest';
import { ringToneWav } from '../../../core/audio/ring-tone-wav.ts';
import { RING_TONES, type RingTone } from '../../../core/ring-tone.ts';
import { MAX_WAV_BYTES } from '../../../sma/contract/limits.ts';
import { levelAt, samplesOf } from './sounds.ts';

const RATE_HZ = 8_000;

describe.each(Object.entries<RingTone>(RING_TONES))('the ring tone %s', (_name, tone) => {
  const { hz, cadenceMs } = tone;
  const file = ringToneWav(tone);
  const samples = samplesOf(file);
  const parts = cadenceMs.map((lengthMs, index) => {
    const startMs = cadenceMs.slice(0, index).reduce((sum, each) => sum + each, 0);
    return samples.slice((startMs * RATE_HZ) / 1_000, ((startMs + lengthMs) * RATE_HZ) / 1_000);
  });

  it('is one turn of its cadence: sound and silence in turn', () => {
    expect(samples.length).toBe((cadenceMs.reduce((sum, each) => sum + each, 0) * RATE_HZ) / 1_000);
    expect(parts.map(part => part.some(sample => sample !== 0))).toEqual(
      cadenceMs.map((_, index) => index % 2 === 0),
    );
    expect(file.length).toBeLessThan(MAX_WAV_BYTES);
  });

  it('is made of its frequencies, at a level that no network clips', () => {
    const [sound = samples] = parts;
    for (const each of hz) expect(levelAt(each, sound)).toBeGreaterThan(0.08);
    expect(levelAt(1_000, sound)).toBeLessThan(0.01);
    expect(sound.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)).toBeLessThan(0.26);
  });
});

describe.each(Object.entries<RingTone>(RING_TONES).filter(([, { swellHz }]) => swellHz !== undefined))(
  'the ring tone %s',
  (_name, tone) => {
    const { hz, swellHz = 0, cadenceMs } = tone;

    it('swells and fades', () => {
      const [first = 0] = hz;
      const sound = samplesOf(ringToneWav(tone)).slice(0, ((cadenceMs[0] ?? 0) * RATE_HZ) / 1_000);
      for (const side of [first - swellHz, first + swellHz])
        expect(levelAt(side, sound)).toBeGreaterThan(0.04);
    });
  },
);
