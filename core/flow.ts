/** How a session goes through its documents: verb by verb, list by list. */
import type { Action } from '../sma/contract/action.ts';
import type { SmaEvent } from '../sma/contract/event.ts';
import { MAX_ACTIONS_PER_RESPONSE } from '../sma/contract/limits.ts';
import { hangUpCaller, hangUpDialled, KEEP, legBIsUp } from './actions.ts';
import { isOver, isSettled, type WebTarget } from './call.ts';
import type { DocumentFailure, DocumentRequest, DocumentResult, Facts, RequestPurpose } from './document.ts';
import { HOLD_MS, MAX_DOCUMENTS_IN_A_ROW, PARTING_MS } from './limits.ts';
import { NOTIFICATION } from './notification.ts';
import { DOCUMENT_FAILED, type Refusal } from './refusal.ts';
import { hearScreeningKey } from './screening.ts';
import { isAbout, restAfterFailure } from './sent-list.ts';
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
      : carryOut(turn, entry.verbs);
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

/** A Dial is under way. */
function dials(turn: Turn): boolean {
  const { verb } = underWay(turn) ?? {};
  return verb !== undefined && definitionOf(verb).dials === true;
}

/** The verb that waits for what decides how it ends. */
function underWay({ session: { flow } }: Turn): { verb: LaidOutVerb; notes: unknown } | undefined {
  const verb = flow.running && flow.verbs[flow.running.index];
  return verb && { verb, notes: flow.running?.notes };
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
    return prepared(turn, 'error' in result ? undefined : result.verbs);
  }
  if ('error' in result) return endOver(turn, result.error, purpose);
  const { first = [] } = flow;
  delete flow.first;
  return carryOut(turn, [...first, ...result.verbs]);
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
  return run(turn);
}

/** One action failed and the rest of its list was dropped: goes on with that rest, and repeats the failed one no more. */
export function resume(turn: Turn, event: SmaEvent): Action[] {
  const { flow } = turn.session;
  const rest = restAfterFailure(turn, event);
  if (rest === undefined) return KEEP;
  // A list that ends the call gets its end anew.
  flow.queue = [...rest.filter(({ Type }) => Type !== 'Hangup'), ...flow.queue];
  if (flow.again?.actions.some(action => isAbout(event, action))) delete flow.again;
  return listEnded(turn);
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

function carryOut(turn: Turn, verbs: LaidOutVerb[]): Action[] {
  turn.session.flow.queue = hearScreeningKey(turn);
  turn.session.flow.verbs = verbs;
  turn.session.flow.next = 0;
  return run(turn);
}

/** As many verbs as fit in one list, up to one whose result decides what comes next. */
function run(turn: Turn): Action[] {
  const { flow } = turn.session;
  const list: Action[] = [];
  while (list.length < MAX_ACTIONS_PER_RESPONSE) {
    if (flow.queue.length === 0) repeat(turn);
    if (flow.queue.length > 0) {
      const room = MAX_ACTIONS_PER_RESPONSE - list.length;
      list.push(...flow.queue.slice(0, room));
      flow.queue = flow.queue.slice(room);
      continue;
    }
    const verb = flow.verbs[flow.next];
    if (flow.running || (list.length > 0 && verb && mustWait(turn, verb))) break;
    if (verb === undefined) return [...list, ...documentEnded(turn)];

    const definition = definitionOf(verb);
    if (definition.dials && turn.session.screening) return [...list, ...refuseDial(turn)];
    const needed = definition.needs?.(verb);
    if (needed) return [...list, ...prepare(turn, needed)];
    const start = definition.start(verb, turn);
    const index = flow.next++;
    if ('goOn' in start) {
      flow.next += start.skip ?? 0;
      continue;
    }
    if (!('actions' in start)) return [...list, ...follow(turn, start)];
    if (start.actions.length > 0) {
      flow.documentsInARow = 0;
      if (definition.answers) turn.answered(turn.root);
    }
    flow.queue = start.actions;
    if ('notes' in start) flow.running = { index, notes: start.notes };
    else if (start.times !== undefined) setRepetition(turn, start.actions, start.times);
  }
  return list;
}

/** The next verb can start once this has come. */
function prepare(turn: Turn, needed: { target: WebTarget; purpose: RequestPurpose }): Action[] {
  turn.session.flow.waiting = turn.request(needed);
  turn.session.flow.preparing = true;
  return [pauseAction(HOLD_MS)];
}

function prepared(turn: Turn, brought: readonly LaidOutVerb[] | undefined): Action[] {
  const { flow } = turn.session;
  flow.verbs = flow.verbs.map((verb, index) =>
    index === flow.next ? (definitionOf(verb).given?.(verb, brought, turn) ?? verb) : verb,
  );
  return run(turn);
}

/** Nothing is left to do. A callee that is screened has accepted by hearing it to its end, unless a key is waited for. */
function documentEnded(turn: Turn): Action[] {
  if (turn.session.screening?.key !== undefined) return [pauseAction(HOLD_MS)];
  turn.decide(true);
  return follow(turn, { hangUp: true });
}

function refuseDial(turn: Turn): Action[] {
  turn.notify(
    NOTIFICATION.dialInScreening,
    'error',
    'A document that screens a callee cannot dial: leave the Dial out of it. The callee was hung up.',
  );
  return follow(turn, { hangUp: true });
}

/** A repetition is spun out list by list: the session, one item of the call table, never holds it all. */
function setRepetition({ session: { flow } }: Turn, actions: Action[], times: number): void {
  if (actions.length > 0 && times !== 1) flow.again = { actions, ...(times > 0 && { times: times - 1 }) };
}

function repeat({ session: { flow } }: Turn): void {
  if (flow.again === undefined) return;
  const { actions, times } = flow.again;
  flow.queue = actions;
  if (times === 1) delete flow.again;
  else if (times !== undefined) flow.again = { actions, times: times - 1 };
}

/** A verb that begins alone; or one that would answer a call while what comes before it still lets it ring. */
function mustWait(turn: Turn, verb: LaidOutVerb): boolean {
  const { alone, answers } = definitionOf(verb);
  return alone === true || (answers === true && turn.root.answeredAtMs === undefined);
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
  if (turn.beingEnded) return hangUpCaller(turn);
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
  return run(turn);
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
