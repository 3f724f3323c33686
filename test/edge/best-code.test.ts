import { describe, expect, it } from 'vitest';
import { bestCode, insideCode } from '../../edge/best-code.ts';

/** RFC 3261 §16.7 step 6. */
const BEST: readonly (readonly [codes: readonly number[], best: number, inside: number])[] = [
  [[404], 404, 404],
  [[486, 603], 603, 603],
  [[603, 600], 603, 603],
  [[503, 486], 486, 486],
  [[503], 503, 500],
  [[500, 503], 500, 500],
  [[302, 486], 302, 480],
  [[404, 401], 401, 403],
  [[404, 407], 407, 403],
  [[404, 484], 484, 484],
  [[404, 420], 420, 500],
  [[404, 415], 415, 488],
  [[405], 405, 500],
  [[421], 421, 500],
  [[422], 422, 500],
  [[404, 486], 486, 486],
  [[480, 404], 480, 480],
  [[487, 404], 404, 404],
  [[408, 404], 404, 404],
  [[487, 487], 487, 480],
  [[408], 408, 408],
  [[503, 504], 504, 504],
];

describe('the best of the branches’ codes (RFC 3261 §16.7)', () => {
  it.each(BEST)('%j is %i, and the inside leg gets %i', (codes, best, inside) => {
    expect([bestCode(codes), insideCode(codes)]).toEqual([best, inside]);
  });

  it('is the same for every order of branches, but among equals', () => {
    for (const [codes, , inside] of BEST) {
      if (codes.includes(600) || codes.includes(480)) continue;
      expect(insideCode(codes.toReversed())).toBe(inside);
    }
  });

  it('of no branch at all is 404', () => {
    expect(insideCode([])).toBe(404);
  });
});
