/**
 * A call that the SIP edge has joined with its caller, and that is to go on by itself: it gets a session of its own, which its caller's
 * gives it up to. Which of the two has it is decided by the edge, in its report of the bridge.
 */
import { type Call, isSettled } from './call.ts';
import { type BranchPlace, DIAL_TOKEN_LIFETIME_MS, type DialPlan, type DialReport } from './dial-plan.ts';
import { DEFAULT_TIME_LIMIT_SECONDS } from './limits.ts';
import { type Entry, emptyFlow, type Session } from './session.ts';

/** What the edge makes and tells of a bridge. */
export interface Bridge {
  plan: DialPlan;
  report?: DialReport;
  closed: boolean;
}

/** Which of a bridge's targets talks with the caller; undefined while none does, or no more. */
export function joinedTarget({ plan, report, closed }: Bridge): number | undefined {
  const { winner } = report ?? {};
  const call = winner === undefined ? undefined : report?.calls[winner];
  return plan.kind !== 'bridge' || closed || call === undefined || isSettled(call) ? undefined : winner;
}

/** Whoever it is. */
export function joinedCallee(bridge: Bridge): Call | undefined {
  const index = joinedTarget(bridge);
  return index === undefined ? undefined : bridge.report?.calls[index];
}

/** Whether the edge has given the call up to that session. */
export const isMovedTo = (sid: string, { index }: Pick<BranchPlace, 'index'>, report?: DialReport): boolean =>
  report?.calls[index]?.moved?.to === sid;

/**
 * The session of its own, and the plan by which the edge calls the voice service for it. Neither is anything before the edge has
 * moved the call.
 *
 * @throws RangeError when no target of the bridge talks with the caller
 */
export function movedSession(
  bridge: Bridge,
  { sid, token, entry, nowMs }: { sid: string; token: string; entry: Entry; nowMs: number },
): { session: Session; plan: DialPlan } {
  const index = joinedTarget(bridge);
  const call = joinedCallee(bridge);
  const target = index === undefined ? undefined : bridge.plan.targets[index];
  if (index === undefined || call === undefined || target === undefined)
    throw new RangeError('Nobody is joined by this plan.');
  const { token: dialToken, accountSid, dialect, callerId, ringTimeoutSeconds } = bridge.plan;
  const movedFrom: BranchPlace = { dialToken, index };
  const both = { accountSid, dialect, calls: [call], ringTimeoutSeconds, movedFrom };
  return {
    session: {
      ...both,
      sid,
      claimedAtMs: nowMs,
      entry,
      timeLimitSeconds: DEFAULT_TIME_LIMIT_SECONDS,
      flow: emptyFlow(),
      alarms: {},
      dialToken: token,
      nextRequest: 0,
      notifications: [],
    },
    plan: {
      ...both,
      token,
      kind: 'moved',
      rootSid: sid,
      targets: [target],
      callerId,
      timeLimitSeconds: DEFAULT_TIME_LIMIT_SECONDS,
      hangupOnStar: false,
      expiresAtMs: nowMs + DIAL_TOKEN_LIFETIME_MS,
    },
  };
}
