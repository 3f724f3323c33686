import { describe, expect, it } from 'vitest';
import { asTable } from '../../bench/report.ts';
import { type Figure, holds, ratio } from '../../bench/suite.ts';

const figure = (value: number, beside: number): Figure => ({
  what: 'calls a second',
  value,
  unit: '/s',
  target: { timesAtLeast: 1.5 },
  beside: { what: 'a peer', value: beside },
});

describe('a figure beside that of a peer', () => {
  it('holds by its ratio, at the edge too', () => {
    expect([holds(figure(1_500, 1_000)), holds(figure(1_499, 1_000))]).toEqual([true, false]);
    expect(ratio(figure(1_500, 1_000))).toBe(1.5);
  });

  it('says nothing where the peer came to nothing', () => {
    const figures = figure(1_500, 0);
    expect([ratio(figures), holds(figures)]).toEqual([undefined, undefined]);
    expect(asTable('edge', [figures])).toContain('0 /s: a peer');
  });
});
