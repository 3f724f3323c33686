/** Dates in a list's filters: as the clients send them, and as the two platforms' pages write them. */
import { Problem } from '../core/problem.ts';
import type { Pairs } from './dialect.ts';

const DAY = /^\d{4}-\d\d-\d\d$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const RFC_2822 = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT|UTC)$/;

const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;

/** Bounds in epoch milliseconds; both belong to the range. */
export interface DateRange {
  afterMs?: number;
  beforeMs?: number;
}

/** The names that a date filter goes by. */
export const dateFilters = (name: string) => [name, `${name}<`, `${name}>`] as const;

/**
 * `StartTime=…` is that day or that second; `StartTime<=…` and `StartTime>=…` are on or before and on or after it,
 * a day beginning at midnight UTC. Throws Problem.
 */
export function readDateRange(query: Pairs, name: string): DateRange {
  const range: DateRange = {};
  const notBefore = (ms: number) => {
    range.afterMs = Math.max(range.afterMs ?? ms, ms);
  };
  const notAfter = (ms: number) => {
    range.beforeMs = Math.min(range.beforeMs ?? ms, ms);
  };
  for (const [field, text] of query) {
    const [, operator] = field.startsWith(name) ? (/^([<>]?)$/.exec(field.slice(name.length)) ?? []) : [];
    if (operator === undefined) continue;
    const { ms, lengthMs } = readDate(field, text);
    if (operator !== '<') notBefore(ms);
    if (operator === '') notAfter(ms + lengthMs - 1);
    // A time that is shown as this second may be some milliseconds past it; a day's bound is its midnight.
    if (operator === '<') notAfter(lengthMs === DAY_MS ? ms : ms + lengthMs - 1);
  }
  return range;
}

/** One day or one second, in epoch milliseconds, and how long it is. Throws Problem. */
export function readDate(field: string, text: string): { ms: number; lengthMs: number } {
  const ms = DAY.test(text) || TIMESTAMP.test(text) || RFC_2822.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new Problem(
      'invalid-parameter',
      `${field} is no date: write 2026-01-31, 2026-01-31T18:30:00Z or Sat, 31 Jan 2026 18:30:00 +0000.`,
      { field },
    );
  }
  return { ms, lengthMs: DAY.test(text) ? DAY_MS : SECOND_MS };
}
