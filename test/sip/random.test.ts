import { describe, expect, it } from 'vitest';
import { randomInteger, randomToken, systemRandom } from '../../sip/random.ts';

describe('randomness', () => {
  it('from the system is in [0, 1) and does not repeat', () => {
    const numbers = Array.from({ length: 2_000 }, systemRandom);
    expect(numbers.every(number => number >= 0 && number < 1)).toBe(true);
    expect(new Set(numbers).size).toBeGreaterThan(1_990);
  });

  it('makes tokens of letters and digits', () => {
    expect(randomToken(systemRandom)).toMatch(/^[0-9a-z]{13}$/);
  });

  it('makes whole numbers of a range, both ends included', () => {
    expect([randomInteger(() => 0, 3, 5), randomInteger(() => 0.999_999, 3, 5)]).toEqual([3, 5]);
  });
});
