import type { Element } from './measure.ts';
import { call } from './programs.ts';

const FIRST = 500;
const LAST = 5_000;
const STEP = 1.1;
/** Each a tenth more than the one before, in round numbers. */
const RATES: readonly number[] = Array.from(
  { length: Math.ceil(Math.log(LAST / FIRST) / Math.log(STEP)) },
  (_, step) => Math.round((FIRST * STEP ** step) / 10) * 10,
);
/** One rate may fail for a reason of the machine's own: so many times, and so many rates in a row, are too many. */
const TRIES = 2;
const RATES_TOO_MANY = 2;
const SECONDS_A_RATE = 2;
const HOLD_SECONDS = 1;
/** SIPp itself needs half of it to begin and to end; whatever takes longer was not carried but put off. */
const LATE_SECONDS = 0.6;

/**
 * How many calls a second each carries with none failed or put off; 0 if even the least of the rates is too many. The
 * rates rise for all of them in turns, until one after the other has had too many.
 */
export async function capacities(elements: readonly Element[]): Promise<number[]> {
  const runs = elements.map(element => ({ element, carried: 0, failedInARow: 0 }));
  for (const rate of RATES)
    for (const run of runs) {
      if (run.failedInARow === RATES_TOO_MANY) continue;
      if (await carries(run.element, rate)) Object.assign(run, { carried: rate, failedInARow: 0 });
      else run.failedInARow++;
    }
  return runs.map(({ carried }) => carried);
}

async function carries(element: Element, callsPerSecond: number): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) if (await isClean(element, callsPerSecond)) return true;
  return false;
}

async function isClean({ port, uri }: Element, callsPerSecond: number): Promise<boolean> {
  const calls = callsPerSecond * SECONDS_A_RATE;
  const start = performance.now();
  const failed = await call({ port, uri, callsPerSecond, calls, holdMs: HOLD_SECONDS * 1_000 });
  const seconds = (performance.now() - start) / 1_000;
  return failed === 0 && seconds < SECONDS_A_RATE + HOLD_SECONDS + LATE_SECONDS;
}
