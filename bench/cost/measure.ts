import { type Cost, costOf, since } from '../../local/aws/usage.ts';
import { FUNCTIONS, type FunctionFactory, type FunctionName } from '../../local/functions.ts';
import type { BenchCall } from '../calls.ts';
import { createStage } from '../stage.ts';

/** A wake-up outlives its call: the last one is seen to its end by then. */
const AFTERWARDS_MS = 5 * 60 * 60 * 1000;
/**
 * What a warm invocation works at AWS: a few requests to AWS of 5 to 20 ms each. This machine's own time says nothing of
 * that. What a function waits for by its own clock comes on top.
 */
export const ASSUMED_INVOCATION_MS = 50;

/**
 * One call, from its request to the last message that it caused. It is the first for hours, so that what functions
 * remember for minutes (KMS is asked for an account's token once) counts in full.
 */
export async function measure(call: BenchCall): Promise<Cost> {
  const duration = new Duration();
  const stage = await createStage({ functions: duration.functions });
  try {
    await call.prepare?.(stage);
    // What is made once and kept, such as a ring tone, is there.
    await call.run(stage);
    await stage.clock.advance(AFTERWARDS_MS);
    const before = stage.platform.usage.read();
    duration.gbSeconds = 0;
    await call.run(stage);
    await stage.clock.advance(AFTERWARDS_MS);
    const used = since(before, stage.platform.usage.read());
    return costOf({ ...used, billed: { ...used.billed, lambdaDuration: duration.gbSeconds } });
  } finally {
    await stage.close();
  }
}

/** Lambda's GB-seconds as they would be at AWS. */
class Duration {
  gbSeconds = 0;

  get functions(): Record<FunctionName, FunctionFactory> {
    const names = Object.keys(FUNCTIONS) as FunctionName[];
    return Object.fromEntries(names.map(name => [name, this.#measured(name)])) as Record<
      FunctionName,
      FunctionFactory
    >;
  }

  #measured(name: FunctionName): FunctionFactory {
    const { create, memoryMb } = FUNCTIONS[name];
    return context => {
      const handle = create(context);
      return async (event, lambdaContext) => {
        const startedMs = context.clock.now();
        try {
          return await handle(event, lambdaContext);
        } finally {
          const ms = ASSUMED_INVOCATION_MS + context.clock.now() - startedMs;
          this.gbSeconds += (memoryMb / 1024) * (ms / 1000);
        }
      };
    };
  }
}
