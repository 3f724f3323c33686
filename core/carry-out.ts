/** How the verbs of a document are carried out: one starts after the other, and their actions are given list by list. */
import type { Action } from '../sma/contract/action.ts';
import type { SmaEvent } from '../sma/contract/event.ts';
import { MAX_ACTIONS_PER_RESPONSE } from '../sma/contract/limits.ts';
import type { WebTarget } from './call.ts';
import type { RequestPurpose } from './document.ts';
import { hasDialledEnough } from './earlier-calls.ts';
import { HOLD_MS, MAX_DIALLED_CALLS } from './limits.ts';
import { NOTIFICATION } from './notification.ts';
import { DOCUMENT_FAILED } from './refusal.ts';
import { hearScreeningKey } from './screening.ts';
import { isAbout, restAfterFailure } from './sent-list.ts';
import type { Turn } from './turn.ts';
import type { LaidOutVerb } from './verb.ts';
import type { Next } from './verbs/definition.ts';
import { definitionOf } from './verbs/index.ts';
import { pauseAction } from './verbs/pause.ts';

/** One list, and how the call goes on where what was reached needs no event to decide it. */
export interface List {
  actions: Action[];
  next?: Next;
}

export function carryOut(turn: Turn, verbs: LaidOutVerb[]): List {
  turn.session.flow.queue = hearScreeningKey(turn);
  turn.session.flow.verbs = verbs;
  turn.session.flow.next = 0;
  return nextList(turn);
}

/** As many verbs as fit in one list, up to one whose result decides what comes next. */
export function nextList(turn: Turn): List {
  const { flow } = turn.session;
  const actions: Action[] = [];
  while (actions.length < MAX_ACTIONS_PER_RESPONSE) {
    if (flow.queue.length === 0) repeat(turn);
    if (flow.queue.length > 0) {
      const room = MAX_ACTIONS_PER_RESPONSE - actions.length;
      actions.push(...flow.queue.slice(0, room));
      flow.queue = flow.queue.slice(room);
      continue;
    }
    const verb = flow.verbs[flow.next];
    if (flow.running || (actions.length > 0 && verb && mustWait(turn, verb))) break;
    if (verb === undefined) return ended(turn, actions);

    const definition = definitionOf(verb);
    if (definition.dials && turn.session.screening) return { actions, next: refuseDial(turn) };
    if (definition.dials && hasDialledEnough(turn.session)) return { actions, next: dialledEnough(turn) };
    const needed = definition.needs?.(verb);
    if (needed) return { actions: [...actions, prepare(turn, needed)] };
    const start = definition.start(verb, turn);
    const index = flow.next++;
    if ('goOn' in start) {
      flow.next += start.skip ?? 0;
      continue;
    }
    if (!('actions' in start)) return { actions, next: start };
    if (start.actions.length > 0) {
      flow.documentsInARow = 0;
      if (definition.answers) turn.answered(turn.root);
    }
    flow.queue = start.actions;
    if ('notes' in start) flow.running = { index, notes: start.notes };
    else if (start.times !== undefined) setRepetition(turn, start.actions, start.times);
  }
  return { actions };
}

/** One action failed and the rest of its list was dropped: that rest comes next, and the failed one no more. False where it does not count. */
export function keepRest(turn: Turn, event: SmaEvent): boolean {
  const { flow } = turn.session;
  const rest = restAfterFailure(turn, event);
  if (rest === undefined) return false;
  // A list that ends the call gets its end anew.
  flow.queue = [...rest.filter(({ Type }) => Type !== 'Hangup'), ...flow.queue];
  if (flow.again?.actions.some(action => isAbout(event, action))) delete flow.again;
  return true;
}

/** The verb that waits for what decides how it ends. */
export function underWay({ session: { flow } }: Turn): { verb: LaidOutVerb; notes: unknown } | undefined {
  const verb = flow.running && flow.verbs[flow.running.index];
  return verb && { verb, notes: flow.running?.notes };
}

/** A Dial is under way. */
export function dials(turn: Turn): boolean {
  const { verb } = underWay(turn) ?? {};
  return verb !== undefined && definitionOf(verb).dials === true;
}

/** The next verb can start once this has come. */
function prepare(turn: Turn, needed: { target: WebTarget; purpose: RequestPurpose }): Action {
  turn.session.flow.waiting = turn.request(needed);
  turn.session.flow.preparing = true;
  return pauseAction(HOLD_MS);
}

/** It has come, or could not be had. */
export function prepared(turn: Turn, brought: readonly LaidOutVerb[] | undefined): List {
  const { flow } = turn.session;
  flow.verbs = flow.verbs.map((verb, index) =>
    index === flow.next ? (definitionOf(verb).given?.(verb, brought, turn) ?? verb) : verb,
  );
  return nextList(turn);
}

/** Nothing is left to do. A callee that is screened has accepted by hearing it to its end, unless a key is waited for. */
function ended(turn: Turn, actions: Action[]): List {
  if (turn.session.screening?.key !== undefined) return { actions: [...actions, pauseAction(HOLD_MS)] };
  turn.decide(true);
  return { actions, next: { hangUp: true } };
}

function refuseDial(turn: Turn): Next {
  turn.notify(
    NOTIFICATION.dialInScreening,
    'error',
    'A document that screens a callee cannot dial: leave the Dial out of it. The callee was hung up.',
  );
  return { hangUp: true };
}

function dialledEnough(turn: Turn): Next {
  turn.notify(
    NOTIFICATION.dialRefused,
    'error',
    `The call has dialled ${MAX_DIALLED_CALLS} others, which is as many as one may, and was ended: ring longer, or fewer at once.`,
  );
  return { hangUp: true, outcome: 'failed', sipCode: DOCUMENT_FAILED, reason: 'document-loop' };
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
