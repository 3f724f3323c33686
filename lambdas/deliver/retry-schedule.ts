/**
 * When a status callback is tried again, in seconds after each failed attempt: nine attempts in 5 h 13 min. A receiver
 * that was redeployed, or was down over lunch, misses nothing.
 */
export const RETRY_AFTER_SECONDS: readonly number[] = [5, 30, 120, 300, 900, 1_800, 3_600, 12_000];

/** The wait after that many attempts; undefined when it was the last one. */
export function retryAfterSeconds(attempts: number): number | undefined {
  return RETRY_AFTER_SECONDS[attempts - 1];
}

/** A receiver that answers 410 wants no more of it (RFC 9110 §15.5.11). */
export const GONE = 410;
