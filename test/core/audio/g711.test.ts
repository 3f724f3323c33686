import { describe, expect, it } from 'vitest';
import { aLawToLinear, muLawToLinear } from '../../../core/audio/g711.ts';
import { encodeALaw, encodeMuLaw } from './sounds.ts';

const laws = [
  {
    law: 'µ-law',
    table: muLawToLinear,
    encode: encodeMuLaw,
    inversion: 0xff,
    positive: 0x00,
    loudest: 32_124,
    quietest: 0,
  },
  {
    law: 'A-law',
    table: aLawToLinear,
    encode: encodeALaw,
    inversion: 0x55,
    positive: 0x80,
    loudest: 32_256,
    quietest: 8,
  },
];

describe.each(laws)('$law', ({ table, encode, inversion, positive, loudest, quietest }) => {
  const code = (segment: number, step: number, sign = positive) => (sign | (segment << 4) | step) ^ inversion;
  const levels = Array.from({ length: 128 }, (_, level) => table[code(level >> 4, level & 15)] ?? Number.NaN);

  it('goes from its quietest to its loudest value', () => {
    expect(levels[0]).toBe(quietest);
    expect(levels[127]).toBe(loudest);
  });

  it('rises with every code', () => {
    levels.reduce((quieter, louder) => {
      expect(louder).toBeGreaterThan(quieter);
      return louder;
    }, -1);
  });

  it('has the same levels below zero as above', () => {
    levels.forEach((level, index) => {
      expect(table[code(index >> 4, index & 15, positive ^ 0x80)]).toBe(0 - level);
    });
  });

  it('doubles its steps from one segment to the next', () => {
    const stepOf = (segment: number) => (levels[segment * 16 + 1] ?? 0) - (levels[segment * 16] ?? 0);
    const steps = [0, 1, 2, 3, 4, 5, 6, 7].map(stepOf);
    expect(steps).toEqual(
      quietest === 0 ? [8, 16, 32, 64, 128, 256, 512, 1024] : [16, 16, 32, 64, 128, 256, 512, 1024],
    );
  });

  it('comes back as the same value when it is encoded again', () => {
    for (const value of table) expect(table[encode(value)]).toBe(value);
  });

  it('is the nearest value to every 16-bit sample, within half a step of its segment', () => {
    for (let sample = -loudest; sample <= loudest; sample += 7) {
      const error = Math.abs((table[encode(sample)] ?? 0) - sample);
      expect(error).toBeLessThanOrEqual(Math.max(8, (Math.abs(sample) + 132) / 31));
    }
  });
});

it.each([
  ['µ-law', muLawToLinear, { 0: -32_124, 128: 32_124, 127: 0, 255: 0, 240: 120, 239: 132, 112: -120 }],
  ['A-law', aLawToLinear, { 42: -32_256, 170: 32_256, 213: 8, 85: -8, 128: 5_504, 0: -5_504 }],
] as const)('%s has the published values', (_, table, values) => {
  for (const [code, value] of Object.entries(values)) expect(table[Number(code)]).toBe(value);
});
