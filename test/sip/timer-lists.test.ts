import { beforeEach, describe, expect, it } from 'vitest';
import { TimerLists } from '../../sip/timer-lists.ts';
import { VirtualClock } from './support/virtual-clock.ts';

describe('timers in lists', () => {
  let clock: VirtualClock;
  let reported: unknown[];
  let timers: TimerLists;
  let log: string[];
  const write = (word: string) => () => log.push(word);

  beforeEach(() => {
    clock = new VirtualClock();
    reported = [];
    log = [];
    timers = new TimerLists(clock, error => reported.push(error));
  });

  it('run in the order in which they are due, whatever their delay', async () => {
    timers.setTimeout(write('300 at 0'), 300);
    timers.setTimeout(write('100 at 0'), 100);
    await clock.advance(50);
    timers.setTimeout(write('100 at 50'), 100);
    timers.setTimeout(write('200 at 50'), 200);
    await clock.advance(49);
    expect(log).toEqual([]);
    await clock.advance(1);
    expect(log).toEqual(['100 at 0']);
    await clock.advance(50);
    expect(log).toEqual(['100 at 0', '100 at 50']);
    await clock.advance(1_000);
    expect(log.slice(2)).toEqual(['200 at 50', '300 at 0']);
    expect(clock.pending).toBe(0);
  });

  it('of one delay need one timer of the clock, and none when all are forgotten', () => {
    const set = Array.from({ length: 100 }, (_, n) => timers.setTimeout(write(`${n}`), 32_000));
    expect(clock.pending).toBe(1);
    for (const timer of set) timers.clearTimeout(timer);
    expect(clock.pending).toBe(0);
  });

  it('of one delay keep their timer of the clock while others wait, so that the next one finds it', async () => {
    timers.setTimeout(write('other'), 1_000);
    timers.clearTimeout(timers.setTimeout(write('forgotten'), 500));
    expect(clock.pending).toBe(2);
    await clock.advance(400);
    timers.setTimeout(write('next'), 500);
    expect(clock.pending).toBe(2);
    await clock.advance(499);
    expect(log).toEqual([]);
    await clock.advance(1);
    expect(log).toEqual(['next']);
    expect(clock.pending).toBe(1);
    await clock.advance(100);
    expect(clock.pending).toBe(0);
  });

  it('of a long delay leave nothing behind, as there may be any number of such delays', () => {
    timers.setTimeout(write('other'), 1_000);
    timers.clearTimeout(timers.setTimeout(write('long'), 60_000));
    expect(clock.pending).toBe(2);
    timers.clearTimeout(timers.setTimeout(write('longer'), 60_001));
    expect(clock.pending).toBe(2);
  });

  it('leave no timer of the clock behind when the last of them has run', async () => {
    timers.clearTimeout(timers.setTimeout(write('forgotten'), 500));
    timers.setTimeout(write('last'), 10);
    timers.clearTimeout(timers.setTimeout(write('forgotten'), 500));
    await clock.advance(10);
    expect(log).toEqual(['last']);
    expect(clock.pending).toBe(0);
  });

  it('can be forgotten wherever they stand, more than once, and after they have run', async () => {
    const [first, middle, last] = ['first', 'middle', 'last'].map(word => timers.setTimeout(write(word), 10));
    const left = timers.setTimeout(write('left'), 10);
    for (const timer of [middle, first, first, last, undefined]) timers.clearTimeout(timer);
    await clock.advance(10);
    expect(log).toEqual(['left']);
    timers.clearTimeout(left);
    timers.setTimeout(write('later'), 10);
    timers.clearTimeout(left);
    await clock.advance(10);
    expect(log).toEqual(['left', 'later']);
  });

  it('may set and forget others of their own list while they run', async () => {
    const rival = { timer: undefined as object | undefined };
    timers.setTimeout(() => {
      timers.clearTimeout(rival.timer);
      timers.setTimeout(write('again'), 10);
    }, 10);
    rival.timer = timers.setTimeout(write('rival'), 10);
    await clock.advance(10);
    expect(log).toEqual([]);
    await clock.advance(9);
    expect(log).toEqual([]);
    await clock.advance(1);
    expect(log).toEqual(['again']);
    expect(clock.pending).toBe(0);
  });

  it('are reported when they throw, and the others of the list go on', async () => {
    const wrong = new Error('wrong');
    timers.setTimeout(() => {
      throw wrong;
    }, 10);
    timers.setTimeout(write('next'), 10);
    await clock.advance(10);
    expect(reported).toEqual([wrong]);
    expect(log).toEqual(['next']);
  });

  it('never run early, though the clock has fractions and may wake us too soon', async () => {
    let nowMs = 1_000.25;
    let wake = () => {};
    const asked: number[] = [];
    const hasty = {
      now: () => nowMs,
      setTimeout: (run: () => void, delayMs: number) => {
        asked.push(delayMs);
        wake = run;
        return {};
      },
      clearTimeout: () => {},
    };
    const lists = new TimerLists(hasty, () => {});
    nowMs = 1_000.75;
    lists.setTimeout(write('due'), 10);
    nowMs = 1_010.5;
    wake();
    expect(log).toEqual([]);
    expect(asked).toEqual([10, 1]);
    nowMs = 1_011.25;
    wake();
    expect(log).toEqual(['due']);
  });
});
