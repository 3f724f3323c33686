import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  A_TO_MU,
  convertInPlace,
  fromALaw,
  fromMuLaw,
  MU_TO_A,
  SILENCE,
  toALaw,
  toMuLaw,
} from '../../rtp/g711.ts';

const codes = Array.from({ length: 256 }, (_, code) => code);
/** PCMU has a positive and a negative nothing. */
const NEGATIVE_ZERO = 0x7f;

describe('G.711', () => {
  it('PCMA codes come back from the samples that they mean', () => {
    expect(codes.map(code => toALaw(fromALaw(code)))).toEqual(codes);
  });

  it('PCMU codes come back from the samples that they mean', () => {
    const back = codes.map(code => toMuLaw(fromMuLaw(code)));
    expect(back).toEqual(codes.map(code => (code === NEGATIVE_ZERO ? SILENCE : code)));
  });

  it.each([
    [0, 0xd5],
    [-1, 0x55],
    [32_767, 0xaa],
    [-32_768, 0x2a],
    [1_000, 0xfa],
  ])('the sample %i is %i in PCMA', (sample, code) => {
    expect(toALaw(sample)).toBe(code);
  });

  it.each([
    ['PCMU', toMuLaw, fromMuLaw],
    ['PCMA', toALaw, fromALaw],
  ])('%s keeps every sample within half a step of its segment', (_name, to, from) => {
    fc.assert(
      fc.property(fc.integer({ min: -32_000, max: 32_000 }), sample => {
        expect(Math.abs(from(to(sample)) - sample)).toBeLessThanOrEqual(Math.max(16, Math.abs(sample) / 16));
      }),
    );
  });

  it('silence stays all but silent, whichever way it is converted', () => {
    expect(Math.abs(fromALaw(MU_TO_A[SILENCE] as number))).toBeLessThanOrEqual(8);
    expect(Math.abs(fromMuLaw(A_TO_MU[0xd5] as number))).toBeLessThanOrEqual(8);
  });

  it('a second conversion there and back changes nothing more', () => {
    const once = Uint8Array.from(codes);
    convertInPlace(once, MU_TO_A);
    convertInPlace(once, A_TO_MU);
    const twice = Uint8Array.from(once);
    convertInPlace(twice, MU_TO_A);
    convertInPlace(twice, A_TO_MU);
    expect(twice).toEqual(once);
  });
});
