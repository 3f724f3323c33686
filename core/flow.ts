/** How a session goes from document to document: what is asked for, what takes over, and what comes of a verb that has ended. */
import type { Action } from '../sma/contract/action.ts';
import type { SmaEvent } from '../sma/contract/event.ts';
import { hangUpCaller, hangUpDialled, KEEP, legBIsUp } from './actions.ts';
import { isOver, isSettled, type WebTarget } from './call.ts';
import { carryOut, dials, keepRest, type List, nextList, prepared, underWay } from './carry-out.ts';
import type { DocumentFailure, DocumentRequest, DocumentResult, Facts, RequestPurpose } from './document.ts';
import { HOLD_MS, MAX_DOCUMENTS_IN_A_ROW, PARTING_MS } from './limits.ts';
import { NOTIFICATION } from './notification.ts';
import { DOCUMENT_FAILED, type Refusal } from './refusal.ts';
import { type Entry, emptyFlow } from './session.ts';
import type { Turn } from './turn.ts';
import type { LaidOutVerb } from './verb.ts';
import { needsAudio } from './verb-audio.ts';
import type { Next } from './verbs/definition.ts';
import { definitionOf } from './verbs/index.ts';
import { pauseAction } from './verbs/pause.ts';

/** Starts on a document; whatever ran before is forgotten. */
export function begin(turn: Turn, entry: Entry, purpose: RequestPurpose): Action[] {
  turn.session.flow = emptyFlow();
  if ('verbs' in entry) {
    turn.keepNotifications(entry.notifications ?? []);
    return entry.verbs.some(needsAudio)
      ? ask(turn, { verbs: entry.verbs, purpose })
      : give(turn, carryOut(turn, entry.verbs));
  }
  if (entry.fallback) turn.session.flow.fallback = entry.fallback;
  if (entry.first) turn.session.flow.first = entry.first;
  return ask(turn, { target: entry.target, purpose, ...(entry.facts && { facts: entry.facts }) });
}

/**
 * A live update: once the call is up; at once, or once the bridge is settled that the voice service cannot interrupt.
 * `isParting`: the callee is not hung up by it, as the SIP edge takes it out of the bridge.
 */
export function takeOver(turn: Turn, entry: Entry, isParting = false): Action[] {
  const { root, dialled } = turn;
  if (root.direction !== 'inbound' && root.answeredAtMs === undefined) {
    turn.session.entry = entry;
    return KEEP;
  }
  const isBridged = isParting ? dials(turn) : dialled !== undefined && !isSettled(dialled);
  if (!isBridged) return begin(turn, entry, 'update');
  turn.session.flow.takeover = entry;
  return isParting ? part(turn) : hangUpDialled(turn);
}

/** The SIP edge takes the callee out of the bridge. */
function part(turn: Turn): Action[] {
  turn.session.flow.parting = true;
  turn.alarm('dialLimit', turn.nowMs + PARTING_MS);
  return KEEP;
}

/** The caller has gone, and has sent the callee on. Undefined where it has not. */
export function leaveCallee(turn: Turn): Action[] | undefined {
  const { verb, notes } = underWay(turn) ?? {};
  turn.movedTo = verb && definitionOf(verb).onward?.(verb, notes, turn);
  return turn.movedTo && part(turn);
}

export function documentArrived(turn: Turn, id: string, result: DocumentResult): Action[] {
  const { flow } = turn.session;
  if (flow.waiting?.id !== id || isOver(turn.root)) return KEEP;
  const { purpose } = flow.waiting;
  const { preparing } = flow;
  delete flow.waiting;
  delete flow.preparing;
  if (result.fellBack) turn.documentFailed(result.fellBack, purpose, { fallback: true });
  turn.keepNotifications(result.notifications ?? []);
  if (turn.beingEnded) return hangUpCaller(turn);
  if (preparing) {
    if ('error' in result) turn.documentFailed(result.error, purpose);
    return give(turn, prepared(turn, 'error' in result ? undefined : result.verbs));
  }
  if ('error' in result) return endOver(turn, result.error, purpose);
  const { first = [] } = flow;
  delete flow.first;
  return give(turn, carryOut(turn, [...first, ...result.verbs]));
}

/** There is no document to go on with: the call ends. */
function endOver(turn: Turn, failure: DocumentFailure, request: RequestPurpose): Action[] {
  const { reason, code } = failure;
  turn.documentFailed(failure, request);
  turn.session.flow.end ??= { by: 'document', reason: `document-${reason}`, request, code };
  return follow(turn, { hangUp: true, outcome: 'failed', sipCode: DOCUMENT_FAILED });
}

/** The whole list has run. */
export function listEnded(turn: Turn): Action[] {
  const { flow } = turn.session;
  if (turn.beingEnded) return hangUpCaller(turn);
  if (flow.waiting) return hold(turn, flow.waiting);
  return give(turn, nextList(turn));
}

/** One action failed and the rest of its list was dropped: goes on with that rest. */
export function resume(turn: Turn, event: SmaEvent): Action[] {
  return keepRest(turn, event) ? listEnded(turn) : KEEP;
}

/** Tells the verb that is under way of an event. Undefined when none is, or the event is not its business. */
export function verbEvent(turn: Turn, event: SmaEvent): Action[] | undefined {
  return tellVerb(turn, (verb, notes) => definitionOf(verb).end?.(verb, notes, event, turn));
}

/** Tells the verb that is under way of an update that says nothing new. */
export function verbWoken(turn: Turn): Action[] | undefined {
  return tellVerb(turn, (verb, notes) => definitionOf(verb).woken?.(verb, notes, turn));
}

function tellVerb(
  turn: Turn,
  tell: (verb: LaidOutVerb, notes: unknown) => Next | undefined,
): Action[] | undefined {
  const running = underWay(turn);
  const next = running && tell(running.verb, running.notes);
  if (next === undefined) return undefined;
  return turn.callerGone ? leaveBehind(turn, next) : follow(turn, next);
}

/** Gives the list, and goes on where that is decided already. */
function give(turn: Turn, { actions, next }: List): Action[] {
  return next ? [...actions, ...follow(turn, next)] : actions;
}

function follow(turn: Turn, next: Next): Action[] {
  const { flow } = turn.session;
  if ('stay' in next) {
    if (flow.running) flow.running = { ...flow.running, notes: next.notes };
    if (next.interrupt) turn.interrupt = true;
    if (turn.beingEnded) return hangUpCaller(turn);
    const isCut = flow.dropDialled || (flow.takeover && !flow.parting);
    return isCut && legBIsUp(turn) ? hangUpDialled(turn) : next.stay;
  }
  delete flow.running;
  if (turn.beingEnded) {
    if ('notice' in next) notice(turn, next.notice, next.facts);
    return hangUpCaller(turn);
  }
  if (flow.takeover) return begin(turn, flow.takeover, 'update');
  if ('hangUp' in next) {
    flow.next = flow.verbs.length;
    flow.ending ??= next.outcome ?? 'completed';
    flow.end ??= { by: 'document', reason: next.reason ?? 'end-of-document' };
    turn.decide(false);
    return hangUpCaller(turn, refusalOf(next, turn));
  }
  if ('request' in next) {
    const { request: target, purpose = 'action', facts } = next;
    return ask(turn, { target, purpose, ...(facts && { facts }) });
  }
  if ('notice' in next) notice(turn, next.notice, next.facts);
  flow.next += next.skip ?? 0;
  return give(turn, nextList(turn));
}

/** Where nobody has said what the caller gets, the last Dial does. */
const refusalOf = ({ sipCode }: { sipCode?: number }, { session }: Turn): Refusal | undefined =>
  sipCode === undefined
    ? undefined
    : { sipCode, ...(session.flow.end && { reason: session.flow.end.reason }) };

/** A request whose answer changes nothing. */
function notice(turn: Turn, target: WebTarget, facts: Facts | undefined): void {
  turn.request({ target, purpose: 'action', ...(facts && { facts }), discard: true });
}

/** The caller has gone: what is left to say is said, and its answer ignored. */
function leaveBehind(turn: Turn, next: Next): Action[] {
  if ('stay' in next) return KEEP;
  delete turn.session.flow.running;
  if ('request' in next) notice(turn, next.request, next.facts);
  if ('notice' in next) notice(turn, next.notice, next.facts);
  return KEEP;
}

function ask(turn: Turn, what: Omit<DocumentRequest, 'id' | 'call'>): Action[] {
  const { flow } = turn.session;
  flow.documentsInARow++;
  if (flow.documentsInARow > MAX_DOCUMENTS_IN_A_ROW) return endOver(turn, LOOP, what.purpose);
  flow.waiting = turn.request({ ...what, ...(flow.fallback && { fallback: flow.fallback }) });
  return [pauseAction(HOLD_MS)];
}

/** Still no document: asks after the same request again, which makes no second one of it. */
function hold(turn: Turn, request: DocumentRequest): Action[] {
  turn.requests.push(request);
  return [pauseAction(HOLD_MS)];
}

const LOOP: DocumentFailure = {
  code: NOTIFICATION.tooManyDocuments,
  message: `${MAX_DOCUMENTS_IN_A_ROW} documents in a row did nothing but lead to the next one: the call was ended.`,
  reason: 'loop',
};
