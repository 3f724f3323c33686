import type { Outcome } from '../core/call.ts';
import { type CallEnd, endOfSipCode } from '../core/call-end.ts';
import { outcomeOfSipCode } from '../core/outcome.ts';
import type { SessionError } from '../sip/user-agent.ts';
import { TargetRefused } from './target-guard.ts';

/** How a branch ended without having been joined. */
export interface BranchEnd {
  readonly outcome: Outcome;
  /** The final response, or what stands in its place (RFC 3261 §8.1.3.1). */
  readonly sipCode: number;
  /** For the call's owner. */
  readonly end: CallEnd;
  /** A word on why, for the operator. */
  readonly cause: string;
}

/** Ends that are the edge's own decision. Its CANCEL is answered 487 (RFC 3261 §9.2). */
export const ENDS = {
  timeOut: {
    outcome: 'no-answer',
    sipCode: 487,
    cause: 'ring time-out',
    end: { by: 'platform', reason: 'ring-timeout' },
  },
  elsewhere: {
    outcome: 'canceled',
    sipCode: 487,
    cause: 'answered elsewhere',
    end: { by: 'platform', reason: 'lost-race' },
  },
  callerGone: {
    outcome: 'canceled',
    sipCode: 487,
    cause: 'caller gone',
    end: { by: 'caller', reason: 'canceled' },
  },
  planClosed: {
    outcome: 'canceled',
    sipCode: 487,
    cause: 'plan closed',
    end: { by: 'caller', reason: 'canceled' },
  },
  dropped: {
    outcome: 'canceled',
    sipCode: 487,
    cause: 'ended by its owner',
    end: { by: 'api', reason: 'canceled' },
  },
  draining: {
    outcome: 'canceled',
    sipCode: 487,
    cause: 'edge stops',
    end: { by: 'platform', reason: 'lost' },
  },
  refusedTarget: {
    outcome: 'failed',
    sipCode: 403,
    cause: 'address not allowed',
    end: { by: 'platform', reason: 'unroutable' },
  },
  codecs: {
    outcome: 'failed',
    sipCode: 488,
    cause: 'no codec in common',
    end: { by: 'platform', reason: 'no-media' },
  },
  conversion: {
    outcome: 'failed',
    sipCode: 488,
    cause: 'codecs need a conversion that this edge does not have',
    end: { by: 'platform', reason: 'no-media' },
  },
  noMedia: {
    outcome: 'failed',
    sipCode: 503,
    cause: 'no media relay is free',
    end: { by: 'platform', reason: 'no-media' },
  },
  noScreening: {
    outcome: 'failed',
    sipCode: 503,
    cause: 'no voice service to screen it',
    end: { by: 'platform', reason: 'failed' },
  },
  noTelephone: {
    outcome: 'failed',
    sipCode: 503,
    cause: 'no Voice Connector to the telephone network',
    end: { by: 'platform', reason: 'unroutable' },
  },
  credentials: {
    outcome: 'failed',
    sipCode: 500,
    cause: 'credentials cannot be read',
    end: { by: 'platform', reason: 'failed' },
  },
  notRegistered: {
    outcome: 'failed',
    sipCode: 480,
    cause: 'client not registered',
    end: { by: 'platform', reason: 'not-registered' },
  },
  invalidTarget: {
    outcome: 'failed',
    sipCode: 500,
    cause: 'target cannot be dialled',
    end: { by: 'platform', reason: 'unroutable' },
  },
  connectorSilent: {
    outcome: 'failed',
    sipCode: 408,
    cause: 'voice service did not answer',
    end: { by: 'platform', reason: 'lost' },
  },
  lost: {
    outcome: 'failed',
    sipCode: 500,
    cause: 'edge was restarted',
    end: { by: 'platform', reason: 'lost' },
  },
  unwritten: {
    outcome: 'failed',
    sipCode: 500,
    cause: 'report cannot be written',
    end: { by: 'platform', reason: 'lost' },
  },
} as const satisfies Readonly<Record<string, BranchEnd>>;

/** Its owner does not want it any more. */
export const cancelledAs = (outcome: Outcome): BranchEnd => ({
  outcome,
  sipCode: 487,
  end: { by: 'api', reason: 'canceled' },
  cause: 'cancelled',
});

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
  return { outcome: outcomeOfSipCode(sipCode), sipCode, end: endOfSipCode(sipCode), cause };
}

function hasCause(error: unknown, type: new (...input: never[]) => Error): boolean {
  if (error instanceof type) return true;
  return error instanceof Error && hasCause(error.cause, type);
}
