import { type Random, randomInteger } from '../random.ts';

/** Ranges of RFC 3261 §14.1, which RFC 3311 §5.3 repeats: 10 ms steps, so that two sides do not meet again. */
const backOffSteps = { owner: [210, 400], other: [0, 200] } as const;
const STEP_MS = 10;

/** How long to wait after a 491, milliseconds; the creator of the Call-ID waits longer. */
export function glareBackOffMs(ownsCallId: boolean, random: Random): number {
  const [least, most] = backOffSteps[ownsCallId ? 'owner' : 'other'];
  return randomInteger(random, least, most) * STEP_MS;
}
