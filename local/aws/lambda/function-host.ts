import { randomUUID } from 'node:crypto';
import type { PlatformClock } from '../../clock/platform-clock.ts';
import { arn } from '../identity.ts';

/** A function as the deployment configures it. */
export interface LocalFunction {
  name: string;
  memoryMb: number;
  timeoutSeconds: number;
  handler(event: never, context: LambdaContext): Promise<unknown>;
}

/** The part of Lambda's context object that a handler may count on here. */
export interface LambdaContext {
  functionName: string;
  functionVersion: '$LATEST';
  invokedFunctionArn: string;
  memoryLimitInMB: string;
  awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** What became of one invocation: the payload is the result, or the error's description when `functionError` is set. */
export interface Invocation {
  functionName: string;
  requestId: string;
  /** JSON. */
  payload: string;
  /** `Unhandled`: the handler threw, or did not finish in time. */
  functionError?: 'Unhandled';
  error?: Error;
  startedAtMs: number;
  /** Rounded up, as billed. */
  durationMs: number;
  memoryMb: number;
}

/** There is no function of that name. */
export class NoSuchFunctionError extends Error {
  override readonly name = 'NoSuchFunctionError';
}

export interface FunctionHost {
  add(fn: LocalFunction): void;
  has(name: string): boolean;
  /**
   * Runs a function to its end or its time limit. Events and results go through JSON, as between machines.
   *
   * @throws {NoSuchFunctionError}
   */
  invoke(name: string, payload: string): Promise<Invocation>;
  /** Resolves when no invocation is under way. */
  idle(): Promise<void>;
}

/** Runs the functions in this process. Every invocation that has ended is told to `onInvocation`. */
export function createFunctionHost(options: {
  clock: PlatformClock;
  onInvocation?: (invocation: Invocation) => void;
}): FunctionHost {
  const functions = new Map<string, LocalFunction>();
  const underWay = new Set<Promise<unknown>>();
  const { clock } = options;

  async function run(fn: LocalFunction, payload: string): Promise<Invocation> {
    const requestId = randomUUID();
    const startedAtMs = clock.now();
    const startedAt = performance.now();
    const deadlineMs = startedAtMs + fn.timeoutSeconds * 1000;
    const context: LambdaContext = {
      functionName: fn.name,
      functionVersion: '$LATEST',
      invokedFunctionArn: arn('lambda', `function:${fn.name}`),
      memoryLimitInMB: String(fn.memoryMb),
      awsRequestId: requestId,
      getRemainingTimeInMillis: () => Math.max(0, deadlineMs - clock.now()),
    };
    const ended = (outcome: Pick<Invocation, 'payload' | 'functionError' | 'error'>): Invocation => ({
      functionName: fn.name,
      requestId,
      ...outcome,
      startedAtMs,
      // Of the two clocks the one that moved more: on a virtual clock a wait counts, and so does real work.
      durationMs: Math.ceil(Math.max(performance.now() - startedAt, clock.now() - startedAtMs)),
      memoryMb: fn.memoryMb,
    });

    const work = clock.invocation(fn.name, async () => {
      const result = await fn.handler(JSON.parse(payload) as never, context);
      return JSON.stringify(result) ?? 'null';
    });
    try {
      return ended({ payload: await within(fn, requestId, work, clock) });
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      return ended({ payload: JSON.stringify(describe(error)), functionError: 'Unhandled', error });
    }
  }

  return {
    add(fn) {
      functions.set(fn.name, fn);
    },
    has: name => functions.has(name),
    async invoke(name, payload) {
      const fn = functions.get(name);
      if (fn === undefined) throw new NoSuchFunctionError(`There is no function ${name}.`);
      const running = run(fn, payload);
      underWay.add(running);
      try {
        const invocation = await running;
        options.onInvocation?.(invocation);
        return invocation;
      } finally {
        underWay.delete(running);
      }
    },
    async idle() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

class TimedOutError extends Error {
  override readonly name = 'Sandbox.Timedout';
}

async function within<T>(
  fn: LocalFunction,
  requestId: string,
  work: Promise<T>,
  clock: PlatformClock,
): Promise<T> {
  let cancel = () => {};
  const limit = new Promise<never>((_, reject) => {
    const timer = clock.after(fn.timeoutSeconds * 1000, () =>
      reject(
        new TimedOutError(
          `RequestId: ${requestId} Error: Task timed out after ${fn.timeoutSeconds.toFixed(2)} seconds`,
        ),
      ),
    );
    cancel = () => timer.cancel();
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    cancel();
    work.catch(() => {});
  }
}

/** The error document that Lambda answers with. */
function describe(error: Error): object {
  if (error instanceof TimedOutError) return { errorType: error.name, errorMessage: error.message };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}
