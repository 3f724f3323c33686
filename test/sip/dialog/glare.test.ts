import { describe, expect, it } from 'vitest';
import { glareBackOffMs } from '../../../sip/dialog/glare.ts';
import { seededRandom } from '../support/virtual-clock.ts';

describe('the back-off after 491 (RFC 3261 §14.1, RFC 3311 §5.3)', () => {
  it.each([
    ['who made the Call-ID', true, 2_100, 4_000],
    ['the other', false, 0, 2_000],
  ])('%s waits in its range, in steps of 10 ms', (_who, owns, least, most) => {
    const random = seededRandom(3);
    const waits = Array.from({ length: 5_000 }, () => glareBackOffMs(owns, random));
    expect([Math.min(...waits), Math.max(...waits)]).toEqual([least, most]);
    expect(waits.every(wait => wait % 10 === 0)).toBe(true);
  });

  it('the two never wait equally long', () => {
    expect(glareBackOffMs(true, () => 0)).toBeGreaterThan(glareBackOffMs(false, () => 0.999_999));
  });
});
