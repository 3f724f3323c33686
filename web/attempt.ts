import type { WebClock } from './clock.ts';
import type { WebLimits } from './limits.ts';

/** One request on its way: its limits, its end, and how far it got when. */
export interface Attempt {
  readonly limits: WebLimits;
  readonly clock: WebClock;
  /** Aborted with a WebError when the whole takes too long. */
  readonly signal: AbortSignal;
  readonly timings: { dnsMs: number; connectMs: number; tlsMs: number; firstByteMs: number };
}

/** The timings of an exchange that has not got anywhere. */
export const noTimings: Attempt['timings'] = { dnsMs: 0, connectMs: 0, tlsMs: 0, firstByteMs: 0 };

/** Waits for `work`, at most `limitMs` (then throws `late()`), and no longer than the attempt may last. */
export async function within<T>(
  { clock, signal }: Pick<Attempt, 'clock' | 'signal'>,
  limitMs: number,
  late: () => Error,
  work: Promise<T>,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const timer = clock.after(limitMs, () => reject(late()));
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  work.then(resolve, reject);
  try {
    return await promise;
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', onAbort);
  }
}
