/**
 * A target of a dial that has answered and is screened. It is a transaction of the voice service of its own for that time, and so
 * a session beside that of the call that dialled it. It announces nothing: what becomes of the callee is told by the SIP edge.
 */
import type { Action } from '../sma/contract/action.ts';
import type { SmaEvent } from '../sma/contract/event.ts';
import { KEEP } from './actions.ts';
import { isOver } from './call.ts';
import type { DialPlan, DialReport } from './dial-plan.ts';
import type { DocumentFailure, ScreeningFacts } from './document.ts';
import { SCREENING_GRACE_SECONDS } from './limits.ts';
import { emptyFlow, type Session } from './session.ts';
import type { Turn } from './turn.ts';
import type { LaidOutVerb } from './verb.ts';
import { hearKeys } from './verbs/keys.ts';

/** What a screening's session knows besides its call. */
export interface ScreeningOf {
  /** Of the plan that the callee is a target of, */
  dialToken: string;
  /** and its place among the targets. */
  index: number;
  /** Only this key accepts. */
  key?: string;
  accepted?: boolean;
  /** Of its documents. */
  failures?: DocumentFailure[];
}

/** What is heard may begin with silence, or be nothing else, which alone answers no call. */
const ANSWERED: LaidOutVerb[] = [{ verb: 'Answer' }];

/** Undefined for a target that is not to be screened, or not now: it has not answered, or its call is over. */
export function screeningSession(plan: DialPlan, report: DialReport, index: number): Session | undefined {
  const { screening } = plan.targets[index] ?? {};
  const call = report.calls[index];
  if (screening === undefined || call?.answeredAtMs === undefined || isOver(call)) return undefined;
  const { token: dialToken, accountSid, dialect } = plan;
  const { sipCallId, headers = [] } = report.branches[index] ?? {};
  const facts: ScreeningFacts = {
    kind: 'screening',
    ...(sipCallId !== undefined && { sipCallId }),
    headers,
  };
  return {
    sid: call.sid,
    accountSid,
    dialect,
    calls: [call],
    entry: screening.document ? { target: screening.document, facts, first: ANSWERED } : { verbs: ANSWERED },
    screening: { dialToken, index, ...(screening.key !== undefined && { key: screening.key }) },
    ringTimeoutSeconds: plan.ringTimeoutSeconds,
    // The edge's own limit comes first, unless there is no edge any more.
    timeLimitSeconds: screening.timeoutSeconds + SCREENING_GRACE_SECONDS,
    flow: emptyFlow(),
    alarms: {},
    nextRequest: 0,
    notifications: [],
  };
}

/** What its documents begin with: the key is heard from their first word on. */
export function hearScreeningKey({ session }: Turn): Action[] {
  return session.screening?.key === undefined ? KEEP : [hearKeys('.')];
}

/** The callee has pressed keys: the one that accepts decides at once, and others count for nothing. Undefined where no key is waited for. */
export function screeningKey(turn: Turn, { ActionData }: SmaEvent): Action[] | undefined {
  const { key, accepted } = turn.session.screening ?? {};
  if (key === undefined) return undefined;
  if (accepted !== undefined || !(ActionData?.ReceivedDigits ?? '').includes(key)) return KEEP;
  turn.decide(true);
  turn.session.ending = 'completed';
  // What runs is cut by the answer to an update alone.
  turn.interrupt = true;
  return KEEP;
}
