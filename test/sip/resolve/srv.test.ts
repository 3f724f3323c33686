import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { srvOrder } from '../../../sip/resolve/srv.ts';
import { srv } from '../support/dns.ts';
import { seededRandom } from '../support/virtual-clock.ts';

describe('the order of SRV records (RFC 2782)', () => {
  it('is by priority, and leaves none out', () => {
    const records = fc.array(fc.tuple(fc.nat(5), fc.nat(100)), { maxLength: 12 });
    fc.assert(
      fc.property(records, fc.nat(), (made, seed) => {
        const all = made.map(([priority, weight], at) => srv(`s${at}`, priority, weight));
        const order = srvOrder(all, seededRandom(seed));
        expect(order.map(record => record.priority)).toEqual(
          all.map(record => record.priority).sort((a, b) => a - b),
        );
        expect(new Set(order)).toEqual(new Set(all));
      }),
    );
  });

  it('among equals is drawn by weight', () => {
    const random = seededRandom(7);
    const records = [srv('light', 0, 10), srv('heavy', 0, 30), srv('never', 0, 0)];
    const firsts = { light: 0, heavy: 0, never: 0 };
    const draws = 8_000;
    for (let draw = 0; draw < draws; draw++)
      firsts[srvOrder(records, random)[0]?.name as keyof typeof firsts]++;
    expect(firsts.heavy / draws).toBeCloseTo(0.73, 1);
    expect(firsts.light / draws).toBeCloseTo(0.24, 1);
    // Weight 0 keeps a small chance.
    expect(firsts.never).toBeGreaterThan(0);
    expect(firsts.never / draws).toBeLessThan(0.05);
  });

  it('is empty where the only record says that there is no service', () => {
    expect(srvOrder([srv('.')], seededRandom(1))).toEqual([]);
    expect(srvOrder([srv('')], seededRandom(1))).toEqual([]);
  });
});
