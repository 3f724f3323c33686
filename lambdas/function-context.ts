/** What a function gets from outside, so that it can be replayed, and run many times in one process. */
import type { Environment } from '../aws/clients.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { type Random, systemRandom } from '../core/random.ts';

export interface FunctionContext {
  env: Environment;
  clock: Clock;
  random: Random;
}

/** The deployed function's own: its process. */
export const deployed: FunctionContext = { env: process.env, clock: systemClock, random: systemRandom };
