import { describe, expect, it } from 'vitest';
import { Latch, type Place } from '../../../edge/media/latch.ts';

const place = (address: string, port = 4_000): Place => ({ address, port });
const DESCRIBED = place('198.51.100.1');
const REAL = place('198.51.100.2');
const OTHER = place('198.51.100.3');
const FORBIDDEN = '10.0.0.1';

/** A peer that is described there; packets come one after the other. */
function latched(described: Place | undefined = DESCRIBED) {
  const latch = new Latch(address => address !== FORBIDDEN);
  latch.describe(described);
  const sequences = new Map<Place, number>();
  /** How many of so many packets in a row are taken for the peer's. */
  const taken = (from: Place, count: number, atMs = 0, ssrc = 1): number => {
    const first = sequences.get(from) ?? 65_534;
    sequences.set(from, first + count);
    const all = Array.from({ length: count }, (_, index) =>
      latch.accepts(from, { ssrc, sequence: (first + index) & 0xffff }, atMs),
    );
    return all.filter(Boolean).length;
  };
  return { latch, taken };
}

describe('where a peer is', () => {
  it('is first where its description says, and that place needs no proof', () => {
    const { latch, taken } = latched();
    expect(latch.place).toEqual(DESCRIBED);
    expect(taken(DESCRIBED, 1)).toBe(1);
    expect(latch.place).toMatchObject(DESCRIBED);
  });

  it('is then where two packets in a row come from', () => {
    const { latch, taken } = latched();
    expect(taken(REAL, 1)).toBe(0);
    expect(latch.place).toEqual(DESCRIBED);
    expect(taken(REAL, 1)).toBe(1);
    expect(latch.place).toMatchObject(REAL);
  });

  it('is nobody else’s while it speaks', () => {
    const { latch, taken } = latched();
    taken(REAL, 2);
    expect(taken(OTHER, 20, 1_999, 2)).toBe(0);
    expect(latch.place).toMatchObject(REAL);
  });

  it('is another one’s after two seconds of silence, and five packets in a row', () => {
    const { latch, taken } = latched();
    taken(REAL, 2);
    expect(taken(OTHER, 5, 2_000, 2)).toBe(1);
    expect(latch.place).toMatchObject(OTHER);
  });

  it('follows the same stream to another port after 0.2 s: a NAT has changed its mind', () => {
    const { latch, taken } = latched();
    const moved = place(REAL.address, 4_002);
    taken(REAL, 2);
    expect(taken(moved, 10, 199)).toBe(0);
    expect(taken(moved, 5, 200)).toBe(1);
    expect(latch.place).toMatchObject(moved);
  });

  it('is the described one again as soon as a packet comes from there', () => {
    const { latch, taken } = latched();
    taken(REAL, 2);
    expect(taken(DESCRIBED, 1, 10, 2)).toBe(1);
    expect(latch.place).toMatchObject(DESCRIBED);
  });

  it('stays what was learned when the same place is described, and not when another one is', () => {
    const { latch, taken } = latched();
    taken(REAL, 2);
    latch.describe({ ...DESCRIBED });
    expect(latch.place).toMatchObject(REAL);
    latch.describe(OTHER);
    expect(latch.place).toEqual(OTHER);
  });

  it('is not known while only an address is that may not be reached, described or where packets come from', () => {
    const { latch, taken } = latched(place(FORBIDDEN));
    expect([latch.place, taken(place(FORBIDDEN), 10), latch.place]).toEqual([undefined, 0, undefined]);
    expect(taken(REAL, 2)).toBe(1);
    expect(latch.place).toMatchObject(REAL);
  });
});
