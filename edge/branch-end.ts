import type { Outcome } from '../core/call.ts';
import { outcomeOfSipCode } from '../core/outcome.ts';
import type { SessionError } from '../sip/user-agent.ts';
import { TargetRefused } from './target-guard.ts';

/** How a branch ended without having been joined. */
export interface BranchEnd {
  readonly outcome: Outcome;
  /** The final response, or what stands in its place (RFC 3261 §8.1.3.1). */
  readonly sipCode: number;
  /** A word on why, for the operator. */
  readonly cause: string;
}

/** Ends that are the edge's own decision. Its CANCEL is answered 487 (RFC 3261 §9.2). */
export const ENDS = {
  timeOut: { outcome: 'no-answer', sipCode: 487, cause: 'ring time-out' },
  elsewhere: { outcome: 'canceled', sipCode: 487, cause: 'answered elsewhere' },
  callerGone: { outcome: 'canceled', sipCode: 487, cause: 'caller gone' },
  planClosed: { outcome: 'canceled', sipCode: 487, cause: 'plan closed' },
  draining: { outcome: 'canceled', sipCode: 487, cause: 'edge stops' },
  refusedTarget: { outcome: 'failed', sipCode: 403, cause: 'address not allowed' },
  codecs: { outcome: 'failed', sipCode: 488, cause: 'no codec in common' },
  conversion: {
    outcome: 'failed',
    sipCode: 488,
    cause: 'codecs need a conversion that this edge does not have',
  },
  noMedia: { outcome: 'failed', sipCode: 503, cause: 'no media relay is free' },
  noScreening: { outcome: 'failed', sipCode: 503, cause: 'no voice service to screen it' },
  noTelephone: { outcome: 'failed', sipCode: 503, cause: 'no Voice Connector to the telephone network' },
  credentials: { outcome: 'failed', sipCode: 500, cause: 'credentials cannot be read' },
  notRegistered: { outcome: 'failed', sipCode: 480, cause: 'client not registered' },
  invalidTarget: { outcome: 'failed', sipCode: 500, cause: 'target cannot be dialled' },
  connectorSilent: { outcome: 'failed', sipCode: 408, cause: 'voice service did not answer' },
  lost: { outcome: 'failed', sipCode: 500, cause: 'edge was restarted' },
  unwritten: { outcome: 'failed', sipCode: 500, cause: 'report cannot be written' },
} as const satisfies Readonly<Record<string, BranchEnd>>;

/** Its owner does not want it any more. */
export const cancelledAs = (outcome: Outcome): BranchEnd => ({ outcome, sipCode: 487, cause: 'cancelled' });

const CHALLENGES: ReadonlySet<number> = new Set([401, 407]);

/** What a failed invitation comes to. */
export function endOf(error: SessionError): BranchEnd {
  if (hasCause(error, TargetRefused)) return ENDS.refusedTarget;
  const sipCode = error.status;
  const cause = CHALLENGES.has(sipCode)
    ? 'credentials refused'
    : error.code === 'refused'
      ? `refused with ${sipCode}`
      : error.code;
  return { outcome: outcomeOfSipCode(sipCode), sipCode, cause };
}

function hasCause(error: unknown, type: new (...input: never[]) => Error): boolean {
  if (error instanceof type) return true;
  return error instanceof Error && hasCause(error.cause, type);
}
