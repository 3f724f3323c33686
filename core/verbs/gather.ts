import type { Action } from '../../sma/contract/action.ts';
import type { SmaEvent } from '../../sma/contract/event.ts';
import { MAX_ACTIONS_PER_RESPONSE, MAX_PAUSE_MS, MIN_PAUSE_MS } from '../../sma/contract/limits.ts';
import { KEEP } from '../actions.ts';
import type { GatherFacts } from '../document.ts';
import { COLLECTING, restAfterFailure } from '../sent-list.ts';
import type { Turn } from '../turn.ts';
import type { Gather } from '../verb.ts';
import { asks } from './action-request.ts';
import type { Next, VerbDefinition } from './definition.ts';
import { collectKey } from './gather-one-key.ts';
import { type Filling, fill, type Place, START } from './gather-prompts.ts';
import { hearKeys } from './keys.ts';
import { pauseAction } from './pause.ts';

/** The Gather's notes: how far the try under way has got. */
interface Notes {
  /** Tries that have begun. */
  tries: number;
  /** The one before was voided, by keys that do not count. */
  voided: boolean;
  /** What comes next of the prompts and the wait after them. */
  at: Place;
  digits: string;
  lastKeyMs?: number;
  /** Prompts have been cut, and it is silent. */
  quiet?: true;
  /** The try is over, though what runs is still to be cut. */
  end?: 'entered' | 'nothing' | 'void';
  finishedBy?: string;
}

/**
 * Takes keys. One key after one prompt is what the voice service takes by itself. Anything else is a listener beside prompts and
 * pauses, and the clock is read whenever one of their lists ends; to cut what plays, the voice service is asked for an update.
 */
export const gather: VerbDefinition<'Gather', Notes> = {
  answers: true,

  start(verb, turn) {
    const first = attempt(verb, 1, false, turn);
    if (!('actions' in first)) return first;
    const { actions, notes } = first;
    return actions[0] && COLLECTING.has(actions[0].Type)
      ? { actions, notes }
      : { actions: [hearKeys('.'), ...actions], notes };
  },

  end(verb, notes, event, turn) {
    const { InvocationEventType: type, ActionData: data } = event;
    if (turn.callerGone) return undefined;
    if (type === 'DIGITS_RECEIVED') return pressed(verb, notes, data?.ReceivedDigits ?? '', turn);
    if (type === 'ACTION_FAILED') return failed(verb, notes, event, turn);
    if (type !== 'ACTION_SUCCESSFUL') return undefined;
    if (data?.Type === undefined || !COLLECTING.has(data.Type)) return listOver(verb, notes, turn);
    const taken = take(verb, notes, data.ReceivedDigits ?? '');
    return conclude(verb, { ...taken, end: taken.end ?? 'nothing' }, turn);
  },

  woken(verb, notes, turn) {
    if (notes.end !== undefined) return conclude(verb, notes, turn);
    return notes.lastKeyMs === undefined || notes.quiet ? undefined : awaitKey(verb, notes, turn);
  },
};

/** The first list of a try, and its notes; or how the call goes on without. */
function attempt(
  verb: Gather,
  tries: number,
  voided: boolean,
  turn: Turn,
): { actions: Action[]; notes: Notes } | Next {
  const prompts = filled(verb, voided, START, turn);
  if (!('actions' in prompts)) return prompts;
  const collecting = collectKey(verb, prompts.actions);
  const actions = collecting ? [collecting] : prompts.actions;
  return { actions, notes: { tries, voided, at: prompts.at, digits: '' } };
}

const promptsOf = ({ prompts, invalid }: Gather, voided: boolean) =>
  voided && invalid ? [invalid, ...prompts] : prompts;

/** Prompts, and after them the time in which a first key may come. */
function filled(verb: Gather, voided: boolean, at: Place, turn: Turn): Filling {
  const wait = { verb: 'Pause', lengthSeconds: verb.firstKeyTimeoutSeconds } as const;
  return fill([...promptsOf(verb, voided), wait], at, turn, MAX_ACTIONS_PER_RESPONSE);
}

function pressed(verb: Gather, notes: Notes, keys: string, turn: Turn): Next {
  if (notes.end !== undefined) return { stay: KEEP, notes };
  const taken = take(verb, notes, keys);
  if (taken === notes) return { stay: KEEP, notes };
  const isFirst = notes.lastKeyMs === undefined;
  return {
    stay: KEEP,
    notes: { ...taken, lastKeyMs: turn.nowMs },
    ...((isFirst || taken.end !== undefined) && { interrupt: true }),
  };
}

/** Keys as they come, up to the one that ends the try; the same notes where none of them is heard. */
function take(verb: Gather, notes: Notes, keys: string): Notes {
  const { finishOnKeys, validKeys, startKeys, maxDigits } = verb;
  let { digits } = notes;
  let heard = false;
  for (const key of keys) {
    if (finishOnKeys.includes(key)) {
      return digits === ''
        ? { ...notes, end: 'nothing' }
        : { ...notes, digits, end: 'entered', finishedBy: key };
    }
    if (digits === '' && startKeys !== undefined && !startKeys.includes(key)) continue;
    if (validKeys !== undefined && !validKeys.includes(key)) return { ...notes, digits: '', end: 'void' };
    digits += key;
    heard = true;
    if (digits.length >= maxDigits) return { ...notes, digits, end: 'entered' };
  }
  return heard ? { ...notes, digits } : notes;
}

/** What was given has run: more of it, or the time is up. */
function listOver(verb: Gather, notes: Notes, turn: Turn): Next | undefined {
  if (notes.end !== undefined) return conclude(verb, notes, turn);
  if (notes.lastKeyMs !== undefined) return awaitKey(verb, notes, turn);
  if (turn.session.flow.queue.length > 0) return undefined;
  const more = filled(verb, notes.voided, notes.at, turn);
  if (!('actions' in more)) return more;
  return more.actions.length > 0
    ? { stay: more.actions, notes: { ...notes, at: more.at } }
    : conclude(verb, { ...notes, end: 'nothing' }, turn);
}

/** Silence until the next key is due, in place of whatever was to be heard. */
function awaitKey(verb: Gather, notes: Notes, turn: Turn): Next {
  turn.session.flow.queue = [];
  const { lastKeyMs = turn.nowMs } = notes;
  const leftMs = lastKeyMs + verb.nextKeyTimeoutSeconds * 1000 - turn.nowMs;
  return leftMs < MIN_PAUSE_MS
    ? conclude(verb, { ...notes, end: 'entered' }, turn)
    : { stay: [pauseAction(Math.min(leftMs, MAX_PAUSE_MS))], notes: { ...notes, quiet: true } };
}

/** A failed prompt is left out. */
function failed(verb: Gather, notes: Notes, event: SmaEvent, turn: Turn): Next | undefined {
  const rest = restAfterFailure(turn, event);
  if (rest === undefined) return { stay: KEEP, notes };
  if (COLLECTING.has(event.ActionData?.Type ?? '')) return conclude(verb, { ...notes, end: 'nothing' }, turn);
  return rest.length > 0 ? { stay: rest, notes } : listOver(verb, notes, turn);
}

function conclude(verb: Gather, notes: Notes, turn: Turn): Next {
  turn.session.flow.queue = [];
  const { digits, end, finishedBy } = notes;
  if (end === 'entered') {
    const facts = { kind: 'gather', digits, ...(finishedBy !== undefined && { finishedBy }) } as const;
    return over(verb, facts, turn);
  }
  for (let tries = notes.tries + 1; tries <= verb.tries; tries++) {
    const again = attempt(verb, tries, end === 'void', turn);
    if (!('actions' in again)) return again;
    if (again.actions.length > 0) return { stay: again.actions, notes: again.notes };
  }
  return over(verb, { kind: 'gather', digits: '' }, turn);
}

function over({ action, answer, onNothing, keptAs }: Gather, facts: GatherFacts, turn: Turn): Next {
  if (keptAs !== undefined) turn.keepPressed(keptAs, facts.digits);
  if (action === undefined || (facts.digits === '' && onNothing === 'continue')) return { goOn: true };
  return asks(action, answer, facts);
}
