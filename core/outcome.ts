/** How a call ended, by what the voice service told of it. Tests read these tables. */
import type { Outcome } from './call.ts';

/** SIP final responses to a call that was never answered (RFC 3261 §21). What is not here is `failed`. */
export const OUTCOME_BY_SIP_CODE: Readonly<Record<number, Outcome>> = {
  0: 'no-answer',
  408: 'no-answer',
  480: 'no-answer',
  486: 'busy',
  487: 'no-answer',
  600: 'busy',
  603: 'no-answer',
};

export function outcomeOfSipCode(sipCode: number): Outcome {
  return OUTCOME_BY_SIP_CODE[sipCode] ?? 'failed';
}

/** How much earlier than its time-out a ringing leg may have ended and still count as timed out. */
export const TIMEOUT_TOLERANCE_MS = 1_000;

/**
 * The voice service says only that a bridged leg was not answered, never why. A leg that ended before its
 * time-out was turned away; by far the most common reason for that on the telephone network is a busy line.
 */
export function outcomeOfUnansweredBridge(rangForMs: number, timeoutMs: number): Outcome {
  return rangForMs >= timeoutMs - TIMEOUT_TOLERANCE_MS ? 'no-answer' : 'busy';
}
