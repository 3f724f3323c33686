import { type Cost, costOf, since } from '../../local/aws/usage.ts';
import type { BenchCall } from '../calls.ts';
import { createStage } from '../stage.ts';

/** A wake-up outlives its call: the last one is seen to its end by then. */
const AFTERWARDS_MS = 5 * 60 * 60 * 1000;

/**
 * One call, from its request to the last message that it caused. It is the first for hours, so that what functions
 * remember for minutes (KMS is asked for an account's token once) counts in full.
 */
export async function measure(call: BenchCall): Promise<Cost> {
  const stage = await createStage();
  try {
    await call.prepare?.(stage);
    // Once for the compiler: cold code would be counted as duration.
    await call.run(stage);
    await stage.clock.advance(AFTERWARDS_MS);
    const before = stage.platform.usage.read();
    await call.run(stage);
    await stage.clock.advance(AFTERWARDS_MS);
    return costOf(since(before, stage.platform.usage.read()));
  } finally {
    await stage.close();
  }
}
