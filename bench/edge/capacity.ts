import type { Element } from './measure.ts';
import { call } from './programs.ts';

/** Tried from above: the first at which no call fails is what it carries. */
export const RATES: readonly number[] = [2_500, 2_250, 2_000, 1_750, 1_500, 1_250, 1_000, 750, 500];
const SECONDS_A_RATE = 2;
const HOLD_SECONDS = 1;
/** SIPp itself needs half of it to begin and to end; whatever takes longer was not carried but put off. */
const LATE_SECONDS = 0.6;

/** Calls a second with none failed or put off; 0 if even the least of the rates is too many. */
export async function capacity({ port, uri }: Element): Promise<number> {
  for (const callsPerSecond of RATES) {
    const start = performance.now();
    const failed = await call({
      port,
      uri,
      callsPerSecond,
      calls: callsPerSecond * SECONDS_A_RATE,
      holdMs: HOLD_SECONDS * 1_000,
    });
    const seconds = (performance.now() - start) / 1_000;
    if (failed === 0 && seconds < SECONDS_A_RATE + HOLD_SECONDS + LATE_SECONDS) return callsPerSecond;
  }
  return 0;
}
