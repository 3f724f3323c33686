/**
 * The call engine. A session takes one happening at a time and answers with actions for the voice service, events
 * for the bus, and perhaps a request to a customer's server. Pure: the same session and happening give the same step.
 */
import type { Action } from '../sma/contract/action.ts';
import { participant, type SmaEvent, type EventType as SmaEventType } from '../sma/contract/event.ts';
import { hangUpCaller, hangUpDialled, KEEP } from './actions.ts';
import { type Aside, asideArrived, tellAside } from './aside.ts';
import { isOver, isSettled, type Outcome } from './call.ts';
import type { CallEnd } from './call-end.ts';
import { DIAL_TOKEN_LIFETIME_MS, type DialPlan, type ScreeningVerdict } from './dial-plan.ts';
import type { DocumentRequest, DocumentResult, RequestPurpose } from './document.ts';
import { endAll, endDialled, endRoot, legAEnded, legBEnded } from './endings.ts';
import type { CallEvent } from './event.ts';
import { begin, documentArrived, listEnded, resume, takeOver, verbEvent, verbWoken } from './flow.ts';
import { NOTIFICATION } from './notification.ts';
import type { Refusal } from './refusal.ts';
import { screeningKey } from './screening.ts';
import { isOfAnOlderList } from './sent-list.ts';
import { type Entry, type Session, sessionIsOver } from './session.ts';
import { identified } from './sip-target.ts';
import { type Surroundings, Turn } from './turn.ts';

export type Happening = { nowMs: number } & Surroundings &
  (
    | { kind: 'event'; event: SmaEvent }
    /** What came of a document request. */
    | { kind: 'document'; id: string; result: DocumentResult }
    /** Somebody changed the live call: what becomes of which call. */
    | { kind: 'redirected'; entry: Entry; isParting?: boolean }
    | { kind: 'aside'; aside: Aside }
    | { kind: 'hungUp'; callSid: string; outcome: Outcome }
    /** The clock has reached something that was set. */
    | { kind: 'woken' }
    /** The SIP edge is to place the call. */
    | { kind: 'handedOver' }
    /** Nobody will place the call. */
    | { kind: 'refused'; message: string; end?: CallEnd }
    /** The voice service no longer knows the transaction. */
    | { kind: 'lost' }
  );

export interface Step {
  session: Session;
  actions: Action[];
  events: CallEvent[];
  /** The request whose document the call waits for; `actions` bridge the wait. */
  request?: DocumentRequest;
  /** Requests that nobody waits for. */
  notices: DocumentRequest[];
  /** Ask the voice service for an update of this call at once: what runs is to be cut, and no other answer cuts. */
  interrupt?: true;
  /** Wake this session then (epoch milliseconds). */
  wakeAtMs?: number;
  /** To be stored before the actions are given: they lead the voice service to it. */
  plan?: DialPlan;
  /** What whoever has answered goes on with: the SIP edge is to take its call out of the bridge. */
  movedTo?: Entry;
  /** The token of a plan to be closed before the events are published. */
  closedPlan?: string;
  /** What the edge is to turn its caller away with, to be stored before the actions are given. */
  refusal?: Refusal & { token: string };
  /** What a screening came to, which is to be stored before the actions are given. */
  verdict?: ScreeningVerdict & { dialToken: string; index: number };
}

const RING_TIMEOUT: CallEnd = { by: 'platform', reason: 'ring-timeout' };
const TIME_LIMIT: CallEnd = { by: 'platform', reason: 'time-limit' };
const SCHEDULED: CallEnd = { by: 'platform', reason: 'scheduled' };
const LOST: CallEnd = { by: 'platform', reason: 'lost' };
const byApi = (outcome: Outcome): CallEnd => ({
  by: 'api',
  reason: outcome === 'canceled' ? 'canceled' : 'hung-up',
});

type Handler<K extends Happening['kind']> = (
  turn: Turn,
  happening: Extract<Happening, { kind: K }>,
) => Action[];

/** What each happening does; what it returns is what the voice service is told. */
const HAPPENINGS: { readonly [K in Happening['kind']]: Handler<K> } = {
  event: (turn, { event }) => {
    noteLegs(turn, event);
    return EVENTS[event.InvocationEventType](turn, event);
  },
  document: (turn, { id, result }) => asideArrived(turn, id, result) ?? documentArrived(turn, id, result),
  aside: (turn, { aside }) => tellAside(turn, aside),
  redirected: (turn, { entry, isParting }) =>
    isOver(turn.root) || turn.beingEnded ? KEEP : takeOver(turn, entry, isParting),
  hungUp: (turn, { callSid, outcome }) => {
    const dialled = turn.dialled;
    if (callSid !== dialled?.sid)
      return callSid === turn.root.sid ? endRoot(turn, outcome, byApi(outcome)) : KEEP;
    if (isSettled(dialled)) return KEEP;
    turn.session.flow.dropDialled = outcome;
    turn.session.flow.dialEnd = byApi(outcome);
    return hangUpDialled(turn);
  },
  woken: turn => {
    const { ring, rung, callLimit, dialLimit, scheduled } = turn.session.alarms;
    const due = (atMs: number | undefined) => atMs !== undefined && atMs <= turn.nowMs;
    if (due(ring)) return endRoot(turn, 'no-answer', RING_TIMEOUT);
    if (due(rung)) return endRoot(turn, 'canceled', SCHEDULED);
    if (due(scheduled)) {
      turn.alarm('scheduled', undefined);
      return isOver(turn.root) ? hangUpDialled(turn) : endRoot(turn, 'completed', SCHEDULED);
    }
    if (due(callLimit)) return isOver(turn.root) ? endDialled(turn) : endRoot(turn, 'completed', TIME_LIMIT);
    if (due(dialLimit)) {
      turn.alarm('dialLimit', undefined);
      if (!turn.session.flow.parting) turn.session.flow.dialEnd = TIME_LIMIT;
      return hangUpDialled(turn);
    }
    if (isOver(turn.root)) return KEEP;
    // A key has decided a screening: now what the callee still hears can be cut.
    return turn.session.screening?.accepted === true ? hangUpCaller(turn) : (verbWoken(turn) ?? KEEP);
  },
  handedOver: turn => {
    const { sip, sid: rootSid, accountSid, dialect, ringTimeoutSeconds, timeLimitSeconds } = turn.session;
    const { hangUpAfterRingingSeconds } = turn.session;
    const { callerName } = turn.root;
    if (sip === undefined) throw new Error(`Call ${rootSid} does not go to a SIP address.`);
    turn.session.claimedAtMs = turn.nowMs;
    turn.progress(turn.root, 'initiated');
    turn.openPlan({
      kind: 'originate',
      accountSid,
      dialect,
      rootSid,
      calls: [turn.root],
      targets: [identified(sip, turn.root.sid, accountSid)],
      callerId: turn.root.from,
      ...(callerName !== undefined && { callerName }),
      ringTimeoutSeconds,
      ...(hangUpAfterRingingSeconds !== undefined && { hangUpAfterRingingSeconds }),
      timeLimitSeconds,
      hangupOnStar: false,
      expiresAtMs: turn.nowMs + DIAL_TOKEN_LIFETIME_MS,
    });
    return KEEP;
  },
  refused: (turn, { message, end = { by: 'carrier', reason: 'failed' } }) => {
    turn.notify(NOTIFICATION.callRefused, 'error', message);
    return endAll(turn, turn.session.ending ?? 'failed', end);
  },
  lost: turn => endAll(turn, turn.session.ending ?? 'failed', LOST),
};

const EVENTS: { readonly [T in SmaEventType]: (turn: Turn, event: SmaEvent) => Action[] } = {
  NEW_OUTBOUND_CALL: (turn, event) => {
    turn.session.transactionId = event.CallDetails.TransactionId;
    turn.progress(turn.root, 'initiated');
    // Actions are ignored until the call is answered, so a call that was cancelled just now is ended by an alarm.
    const ringForMs = turn.session.ending === undefined ? turn.session.ringTimeoutSeconds * 1000 : 0;
    turn.alarm('ring', turn.nowMs + ringForMs);
    return KEEP;
  },
  NEW_INBOUND_CALL: (turn, event) => {
    turn.session.transactionId = event.CallDetails.TransactionId;
    const sipTo = turn.report?.branches[0]?.to;
    if (sipTo) turn.root.sipTo = sipTo;
    // The SIP edge brings a call that it has placed: from here on the voice service tells of it.
    turn.closePlan();
    turn.alarm('ring', undefined);
    turn.alarm('callLimit', turn.nowMs + turn.session.timeLimitSeconds * 1000);
    return begin(turn, turn.session.entry, firstPurpose(turn.session));
  },
  RINGING: turn => {
    const { hangUpAfterRingingSeconds: seconds } = turn.session;
    if (seconds !== undefined && turn.root.status === 'initiated')
      turn.alarm('rung', turn.nowMs + seconds * 1000);
    turn.progress(turn.root, 'ringing');
    return KEEP;
  },
  CALL_ANSWERED: turn => {
    turn.answered(turn.root);
    turn.alarm('ring', undefined);
    turn.alarm('rung', undefined);
    turn.alarm('callLimit', turn.nowMs + turn.session.timeLimitSeconds * 1000);
    return turn.beingEnded || isOver(turn.root)
      ? hangUpCaller(turn)
      : begin(turn, turn.session.entry, 'first');
  },
  ACTION_SUCCESSFUL: (turn, event) =>
    isOfAnOlderList(turn, event)
      ? KEEP
      : (verbEvent(turn, event) ?? (turn.callerGone ? KEEP : listEnded(turn))),
  ACTION_FAILED: (turn, event) => verbEvent(turn, event) ?? (turn.callerGone ? KEEP : resume(turn, event)),
  ACTION_INTERRUPTED: () => KEEP,
  // Its arguments are pointers; the handler follows them and tells what it found as a happening of its own.
  CALL_UPDATE_REQUESTED: () => KEEP,
  DIGITS_RECEIVED: (turn, event) => screeningKey(turn, event) ?? verbEvent(turn, event) ?? KEEP,
  HANGUP: (turn, event) =>
    event.ActionData?.Parameters?.['ParticipantTag'] === 'LEG-B'
      ? legBEnded(turn, event)
      : legAEnded(turn, event),
  INVALID_LAMBDA_RESPONSE: (turn, event) => {
    turn.notify(NOTIFICATION.actionFailed, 'error', `${event.ErrorType}: ${event.ErrorMessage}`);
    return endRoot(turn, 'failed', { by: 'platform', reason: 'failed' });
  },
};

/** Carries one happening out. Throws nothing that a customer could cause. */
export function advance(session: Session, happening: Happening): Step {
  const turn = new Turn(session, happening.nowMs, happening);
  const handle = HAPPENINGS[happening.kind] as (turn: Turn, happening: Happening) => Action[];
  const actions = handle(turn, happening);
  if (actions.length > 0) turn.session.flow.sent = actions;
  const request = turn.requests.find(({ discard }) => !discard);
  const wakeAtMs = setWakeUp(turn, session);
  return {
    session: turn.session,
    actions,
    events: turn.events,
    ...(request && { request }),
    notices: turn.requests.filter(({ discard }) => discard),
    ...(turn.interrupt && { interrupt: true }),
    ...(wakeAtMs !== undefined && { wakeAtMs }),
    ...(turn.plan && { plan: turn.plan }),
    ...(turn.movedTo && { movedTo: turn.movedTo }),
    ...(turn.closedPlan !== undefined && { closedPlan: turn.closedPlan }),
    ...(turn.refusal && { refusal: { ...turn.refusal, token: turn.session.arrivalToken as string } }),
    ...(turn.decided && { verdict: verdictOf(turn.session) }),
  };
}

function firstPurpose({ screening, movedFrom }: Session): RequestPurpose {
  if (screening) return 'screening';
  return movedFrom ? 'update' : 'first';
}

function verdictOf({ screening, notifications }: Session): Step['verdict'] & object {
  if (screening === undefined) throw new Error('Only a screening has a verdict.');
  const { dialToken, index, accepted = false, failures } = screening;
  return { dialToken, index, accepted, notifications, ...(failures && { failures }) };
}

/** When the session next has to be woken, if ever. */
export function nextAlarmMs(session: Session): number | undefined {
  const times = Object.values(session.alarms).filter(time => time !== undefined);
  return times.length === 0 || sessionIsOver(session) ? undefined : Math.min(...times);
}

/** Asks for a wake-up unless one that comes early enough is under way. */
function setWakeUp(turn: Turn, before: Session): number | undefined {
  const dueMs = nextAlarmMs(turn.session);
  if (dueMs === undefined) return undefined;
  const underWayMs = wakeUpUnderWay(before, turn.nowMs);
  const early = underWayMs !== undefined && underWayMs <= dueMs;
  turn.session.wakeAtMs = early ? underWayMs : dueMs;
  return early ? undefined : dueMs;
}

/** A wake-up that comes before anything is due is held back until something is, so it stays under way. */
function wakeUpUnderWay(session: Session, nowMs: number): number | undefined {
  const { wakeAtMs } = session;
  if (wakeAtMs === undefined || wakeAtMs > nowMs) return wakeAtMs;
  const heldUntilMs = nextAlarmMs(session);
  return heldUntilMs !== undefined && heldUntilMs > nowMs ? heldUntilMs : undefined;
}

function noteLegs(turn: Turn, event: SmaEvent): void {
  const { session } = turn;
  const a = participant(event, 'LEG-A');
  const b = participant(event, 'LEG-B');
  if (a) session.legA = a.CallId;
  // Its own number is worth keeping only where the call itself shows something else.
  if (a && (session.sip || session.movedFrom || turn.root.sip)) session.legANumber = a.From;
  if (b) session.legB = b.CallId;
  if (a?.Status !== 'Disconnected') return;
  turn.callerGone = true;
  // Something still ran: whatever its list would have ended the call with was never reached.
  if (event.InvocationEventType.startsWith('ACTION_')) delete session.flow.end;
}
