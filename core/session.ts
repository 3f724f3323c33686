/**
 * A session is all that is known of one transaction of the voice service: the root call, the calls it dialled,
 * and how far its document has been carried out. It is one item of the call table.
 */
import type { Action } from '../sma/contract/action.ts';
import type { Aside } from './aside.ts';
import {
  type Call,
  type Direction,
  isSettled,
  type Outcome,
  type Parameters,
  type SipOrigin,
  type StatusCallback,
  type WebTarget,
} from './call.ts';
import type { CallEnd } from './call-end.ts';
import type { BranchPlace } from './dial-plan.ts';
import type { DialFacts, DocumentRequest, Facts, Notification } from './document.ts';
import type { CallEvent } from './event.ts';
import { DEFAULT_RING_TIMEOUT_SECONDS, DEFAULT_TIME_LIMIT_SECONDS } from './limits.ts';
import type { ScreeningOf } from './screening.ts';
import type { SipTarget } from './sip-target.ts';
import { Turn } from './turn.ts';
import type { LaidOutVerb, Verb, WatchedKeys } from './verb.ts';
import type { RecentKeys } from './verbs/watched-keys.ts';

/** Where a call's instructions come from: a URL to ask, or verbs at hand. */
export type Entry<V = LaidOutVerb> =
  | {
      target: WebTarget;
      fallback?: WebTarget;
      /** Carried out before those of the document. */
      first?: LaidOutVerb[];
      facts?: Facts;
    }
  /** With what was amiss when the verbs were read, though they are carried out. */
  | { verbs: V[]; notifications?: Notification[] };

/** The same as whoever wrote it has it: its Dials are still to be laid out. */
export type WrittenEntry = Entry<Verb>;

/** What is kept of the verb whose result decides how to go on. */
export interface Running {
  /** Its place in `verbs`. */
  index: number;
  /** Its own notes; each verb knows the shape of them. */
  notes: unknown;
}

export interface Flow {
  verbs: LaidOutVerb[];
  /** The verb that comes next. */
  next: number;
  /** Actions of verbs already begun that did not fit into one list. */
  queue: Action[];
  /** What comes again once the queue has been given, and how often; without a number until the call ends. */
  again?: { actions: Action[]; times?: number };
  /** Actions given to the voice service whose end has not been told. */
  sent: Action[];
  running?: Running;
  /** The document that is waited for. */
  waiting?: DocumentRequest;
  /** It is for the next verb, which cannot start without. */
  preparing?: true;
  fallback?: WebTarget;
  /** What comes before the verbs of the document that is waited for. */
  first?: LaidOutVerb[];
  /** The document ends the call, as this; the actions that do so have been given. */
  ending?: Outcome;
  /** Who has decided that the call ends, and why. */
  end?: CallEnd;
  /** How the last Dial ended: a caller who was never answered is told so. */
  lastDial?: Pick<DialFacts, 'outcome' | 'sip'>;
  /** Documents since something was last played or dialled. */
  documentsInARow: number;
  /** A live update that takes over once the bridge under way is settled. */
  takeover?: Entry;
  /** The SIP edge takes the callee out of that bridge, which ends by it. */
  parting?: true;
  /** What is listened for while the two talk; there only while they do. */
  talking?: Action[];
  /** What one of them is told aside, once its audio has come. */
  aside?: { to: Aside['to']; requestId: string };
  /** What was pressed last of the keys that the Dial watches, by who did. */
  pressed?: Partial<Record<keyof WatchedKeys, RecentKeys>>;
  /** Why the dialled call is hung up, where somebody decided that. */
  dialEnd?: CallEnd;
  /** How the dialled call ends as soon as the voice service can end it: it cannot while the call rings. */
  dropDialled?: Outcome;
}

/** Times at which something has to end, in epoch milliseconds. */
export interface Alarms {
  ring?: number;
  /** Of a call that is to ring only so long. */
  rung?: number;
  callLimit?: number;
  /** A document asked for the call's end then. */
  scheduled?: number;
  dialLimit?: number;
}

export interface Session {
  /** The root call's SID; one of its own where that call was moved out of another session. */
  sid: string;
  accountSid: string;
  dialect: string;
  /** The placing of the call has begun, though the voice service may not have told of it yet. */
  claimedAtMs?: number;
  transactionId?: string;
  /** The root call, then those it dialled in their order, without those that have left it. */
  calls: Call[];
  /** Those that leave it as soon as it is stored: see earlier-calls.ts. */
  leaving?: Call[];
  /** How many of those that it dialled are no longer among its calls. */
  dialledBefore?: number;
  /** The voice service's names for the legs, and which dialled call LEG-B is. */
  legA?: string;
  /** From of LEG-A, as the voice service has it. */
  legANumber?: string;
  legB?: string;
  entry: Entry;
  /** Where the root call goes when the SIP edge places it. */
  sip?: SipTarget;
  /** A Dial never answers the caller before somebody has answered it. */
  delayAnswer?: true;
  /** What is asked when whoever has answered a Dial sends the caller on, where the Dial does not say so itself. */
  refer?: WebTarget;
  ringTimeoutSeconds: number;
  /** It is hung up that long after it has begun to ring. */
  hangUpAfterRingingSeconds?: number;
  timeLimitSeconds: number;
  flow: Flow;
  alarms: Alarms;
  /** The earliest wake-up that is under way. */
  wakeAtMs?: number;
  /** Of the dial plan that the SIP edge is carrying out. */
  dialToken?: string;
  /** Of the plan by which the SIP edge has brought the root call. */
  arrivalToken?: string;
  /** It is the screening of a call that another session has dialled. */
  screening?: ScreeningOf;
  /** The root call was dialled by another session, and joined there. */
  movedFrom?: BranchPlace;
  /** How the root call ends once its leg is gone, where somebody decided that: nothing but its end comes after. */
  ending?: Outcome;
  /** Who decided it, and why. */
  end?: CallEnd;
  nextRequest: number;
  notifications: Notification[];
  /** What the caller pressed, by the names under which Gathers keep it. */
  pressed?: Record<string, string>;
  /** What its dialect calls the request that placed it, and how many more calls that placed after this one. */
  requestKind?: string;
  siblings?: number;
}

export interface NewSession {
  sid: string;
  accountSid: string;
  dialect: string;
  direction: Exclude<Direction, 'outbound-dial'>;
  to: string;
  from: string;
  entry: Entry;
  callback?: StatusCallback;
  sip?: SipTarget;
  /** Of a call that came in over SIP. */
  origin?: SipOrigin;
  arrivalToken?: string;
  delayAnswer?: true;
  refer?: WebTarget;
  parameters?: Parameters;
  requestId?: string;
  callerName?: string;
  ringTimeoutSeconds?: number;
  hangUpAfterRingingSeconds?: number;
  timeLimitSeconds?: number;
  requestKind?: string;
  siblings?: number;
  nowMs: number;
}

/** A call as it begins: queued when it is to be placed, ringing when it came in. */
export function createSession(input: NewSession): { session: Session; events: CallEvent[] } {
  const session: Session = {
    sid: input.sid,
    accountSid: input.accountSid,
    dialect: input.dialect,
    calls: [],
    entry: input.entry,
    ...(input.sip && { sip: input.sip }),
    ...(input.arrivalToken !== undefined && { arrivalToken: input.arrivalToken }),
    ...(input.delayAnswer && { delayAnswer: input.delayAnswer }),
    ...(input.refer && { refer: input.refer }),
    ringTimeoutSeconds: input.ringTimeoutSeconds ?? DEFAULT_RING_TIMEOUT_SECONDS,
    timeLimitSeconds: input.timeLimitSeconds ?? DEFAULT_TIME_LIMIT_SECONDS,
    ...(input.hangUpAfterRingingSeconds !== undefined && {
      hangUpAfterRingingSeconds: input.hangUpAfterRingingSeconds,
    }),
    flow: emptyFlow(),
    alarms: {},
    nextRequest: 0,
    notifications: [],
    ...(input.requestKind !== undefined && { requestKind: input.requestKind }),
    ...(input.siblings !== undefined && { siblings: input.siblings }),
  };
  const turn = new Turn(session, input.nowMs);
  const { sid, direction, to, from, callerName, callback, origin, parameters, requestId } = input;
  turn.addCall({
    sid,
    direction,
    to,
    from,
    ...(callerName !== undefined && { callerName }),
    ...(callback && { callback }),
    ...(parameters && { parameters }),
    ...(requestId !== undefined && { requestId }),
    ...(origin && { sip: origin }),
  });
  turn.progress(turn.root, direction === 'inbound' ? 'ringing' : 'queued');
  return { session: turn.session, events: turn.events };
}

/** Calls, those that somebody else has carried on as they are there, but for what their owner has said of them meanwhile. */
export function adopted(calls: readonly Call[], carriedOn: readonly Call[]): Call[] {
  return calls.map(call => {
    const there = carriedOn.find(({ sid }) => sid === call.sid);
    if (there === undefined) return call;
    const { callback, deleted } = call;
    return { ...there, ...(callback && { callback }), ...(deleted && { deleted }) };
  });
}

export function emptyFlow(): Flow {
  return { verbs: [], next: 0, queue: [], sent: [], documentsInARow: 0 };
}

/** True once no leg is left: nothing more can happen to it. */
export function sessionIsOver(session: Session): boolean {
  return session.calls.every(isSettled);
}
