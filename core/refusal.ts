/**
 * What a caller gets who is never answered. The voice service passes two responses on; the SIP edge, where it has brought the
 * caller, gives the one that is meant.
 */
import type { Outcome } from './call.ts';
import type { EndReason } from './call-end.ts';
import type { DialFacts } from './document.ts';

export interface Refusal {
  /** A final response (RFC 3261 §21). */
  sipCode: number;
  /** Why, for its Reason header (RFC 3326). */
  reason?: EndReason;
}

const NOT_THERE = 480;

/** What the voice service can say; anything else is told as 480 by it. */
export const SAID_BY_THE_SERVICE: ReadonlySet<number> = new Set([NOT_THERE, 486]);

export const serviceCode = (sipCode: number): number =>
  SAID_BY_THE_SERVICE.has(sipCode) ? sipCode : NOT_THERE;

/** A document that failed (RFC 3261 §21.5.1). */
export const DOCUMENT_FAILED = 500;

/** How the last Dial ended, where no callee has said more. */
const BY_OUTCOME: Readonly<Record<Outcome, number>> = {
  completed: NOT_THERE,
  busy: 486,
  'no-answer': 408,
  failed: 500,
  canceled: NOT_THERE,
};

/** Those between the edge and a callee: challenges that only the edge could answer, and its own CANCEL. */
const NOT_FOR_CALLERS: ReadonlySet<number> = new Set([401, 407, 487]);

/** After the last Dial: what the callee has answered; without a Dial, nobody was there. */
export function refusalAfter(lastDial: Pick<DialFacts, 'outcome' | 'sip'> | undefined): Refusal {
  if (lastDial === undefined) return { sipCode: NOT_THERE };
  const { outcome, sip: { code = 0 } = {} } = lastDial;
  const isAnswer = code >= 400 && !NOT_FOR_CALLERS.has(code);
  return { sipCode: isAnswer ? code : BY_OUTCOME[outcome] };
}
