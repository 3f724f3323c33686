import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTime } from '../../core/iso-time.ts';

describe('a time in ISO 8601', () => {
  it('is what Date writes, whatever was asked for before', () => {
    const time = fc.double({ min: -62e12, max: 250e12, noNaN: true });
    fc.assert(
      fc.property(fc.array(time), times => {
        for (const atMs of times) expect(isoTime(atMs)).toBe(new Date(atMs).toISOString());
      }),
    );
  });

  it('is right at the ends of a day', () => {
    const midnight = Date.UTC(2026, 11, 1);
    expect(isoTime(midnight - 1)).toBe('2026-11-30T23:59:59.999Z');
    expect(isoTime(midnight)).toBe('2026-12-01T00:00:00.000Z');
  });

  it('is refused where it is none', () => {
    expect(() => isoTime(Number.NaN)).toThrow(RangeError);
  });
});
