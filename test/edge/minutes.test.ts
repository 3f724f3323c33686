import { expect, it } from 'vitest';
import { everyMinute } from '../../edge/process/minutes.ts';
import { VirtualClock } from '../sip/support/virtual-clock.ts';

const MINUTE_MS = 60_000;
/** A whole minute, and a bit. */
const START_MS = 30_000_000 * MINUTE_MS + 12_345;

it('Each whole minute comes once, whenever the clock was started', async () => {
  const clock = new VirtualClock(START_MS);
  const minutes: number[] = [];
  const end = everyMinute(clock, minuteMs => minutes.push(minuteMs));

  await clock.advance(MINUTE_MS - 12_346);
  expect(minutes).toEqual([]);
  await clock.advance(1);
  await clock.advance(2 * MINUTE_MS);
  expect(minutes.map(minuteMs => minuteMs / MINUTE_MS)).toEqual([30_000_001, 30_000_002, 30_000_003]);

  end();
  await clock.advance(MINUTE_MS);
  expect(minutes).toHaveLength(3);
});

it('A timer that fires a little early is not the minute yet', async () => {
  const clock = new VirtualClock(START_MS);
  const early = {
    now: () => clock.now(),
    setTimeout: (run: () => void, delayMs: number) => clock.setTimeout(run, Math.max(0.5, delayMs - 1)),
    clearTimeout: (timer: object | undefined) => clock.clearTimeout(timer),
  };
  const at: number[] = [];
  everyMinute(early, minuteMs => at.push(clock.now() - minuteMs));

  await clock.advance(2 * MINUTE_MS);
  expect(at).toHaveLength(2);
  for (const lateMs of at) expect(lateMs).toBeGreaterThanOrEqual(0);
});
