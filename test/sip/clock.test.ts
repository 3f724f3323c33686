import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../sip/clock.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('the system clock', () => {
  it('keeps delays longer than Node’s longest', () => {
    vi.useFakeTimers();
    const run = vi.fn();
    const days = 24 * 3_600_000;
    systemClock.setTimeout(run, 60 * days);
    vi.advanceTimersByTime(60 * days - 1);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('forgets a timer, a long one and none', () => {
    vi.useFakeTimers();
    const run = vi.fn();
    for (const delay of [10, 2 ** 32]) systemClock.clearTimeout(systemClock.setTimeout(run, delay));
    systemClock.clearTimeout(undefined);
    vi.advanceTimersByTime(2 ** 33);
    expect(run).not.toHaveBeenCalled();
  });

  it('tells milliseconds since the epoch', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
  });
});
