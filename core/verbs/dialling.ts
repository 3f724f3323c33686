/** What dialling a number and dialling a SIP address have in common. */
import type { Action } from '../../sma/contract/action.ts';
import type { SmaEvent } from '../../sma/contract/event.ts';
import {
  MAX_ACTIONS_PER_RESPONSE,
  MAX_CALL_TIMEOUT_SECONDS,
  MIN_CALL_TIMEOUT_SECONDS,
} from '../../sma/contract/limits.ts';
import { hangUpDialled, KEEP, legBIsUp } from '../actions.ts';
import { rangSeconds, type WebTarget } from '../call.ts';
import { E164 } from '../destination.ts';
import type { DialFacts, ReferFacts } from '../document.ts';
import { letSettledLeave } from '../earlier-calls.ts';
import type { Flow } from '../session.ts';
import type { Turn } from '../turn.ts';
import type { DialEdge, DialNumber, WatchedKeys } from '../verb.ts';
import { asks } from './action-request.ts';
import type { Next } from './definition.ts';
import { hearKeys } from './keys.ts';
import { digitActions } from './send-digits.ts';
import { keysMatched } from './watched-keys.ts';

type Presser = keyof WatchedKeys;

/** Listens for the caller's star. */
const hearStar: Action = hearKeys('^.*\\*$');

/** What the voice service lets a leg show: the caller's number, or what it knows the caller by, or the number of ours that was called. */
export function shownNumber({ root, session }: Turn): string {
  return [root.from, session.legANumber ?? '', root.to].find(number => E164.test(number)) ?? root.from;
}

/** The voice service rings within its own limits, whatever the document says. */
export const ringSeconds = ({ timeoutSeconds }: { timeoutSeconds: number }): number =>
  Math.max(MIN_CALL_TIMEOUT_SECONDS, Math.min(timeoutSeconds, MAX_CALL_TIMEOUT_SECONDS));

/** What is listened for while the two talk: watched keys on each leg, or the caller's star alone. */
function ears({ hangupOnStar, watchedKeys = {} }: DialNumber | DialEdge): Action[] {
  const { caller, callee } = watchedKeys;
  const star = hangupOnStar ? [hearStar] : [];
  return [...(caller ? [hearKeys('.')] : star), ...(callee ? [hearKeys('.', 'LEG-B')] : [])];
}

/** What comes first once the two talk: keys for the callee, and what is listened for. */
export function talking(verb: DialNumber | DialEdge, sendDigits = '', { session }: Turn): Action[] {
  const heard = ears(verb);
  session.flow.talking = heard;
  const room = MAX_ACTIONS_PER_RESPONSE - heard.length;
  return [...digitActions(sendDigits, 'LEG-B', session.legB).slice(0, room), ...heard];
}

/** Keys that are no star are told as well, once they have waited for one; the voice service may then listen no more. */
export function pressed(verb: DialNumber | DialEdge, { ActionData }: SmaEvent, turn: Turn): Action[] {
  const keys = ActionData?.ReceivedDigits ?? '';
  const by = ActionData?.Parameters?.['ParticipantTag'] === 'LEG-B' ? 'callee' : 'caller';
  if (!legBIsUp(turn)) return KEEP;
  tellWatched(verb, keys, by, turn);
  if (verb.hangupOnStar && by === 'caller' && keys.includes('*')) {
    turn.session.flow.dialEnd = { by: 'caller', reason: 'hung-up' };
    return hangUpDialled(turn);
  }
  return ears(verb);
}

function tellWatched({ watchedKeys }: DialNumber | DialEdge, keys: string, by: Presser, turn: Turn): void {
  const sequences = watchedKeys?.[by];
  if (sequences === undefined) return;
  const { flow } = turn.session;
  const { matched, recent } = keysMatched(sequences, keys, turn.nowMs, flow.pressed?.[by]);
  flow.pressed = { ...flow.pressed, [by]: recent };
  for (const match of matched) turn.keysMatched(match, by);
}

/** A new dial begins: nothing of the one before it counts. */
export function forgetLastDial({ session }: Turn): void {
  const { flow } = session;
  letSettledLeave(session);
  stopTalking(flow);
  delete flow.dropDialled;
  delete flow.dialEnd;
  delete flow.pressed;
}

function stopTalking(flow: Flow): void {
  delete flow.talking;
  delete flow.aside;
}

/** Whether somebody still waits for whoever answers. */
export const isWanted = ({ callerGone, beingEnded, session: { flow } }: Turn): boolean =>
  !callerGone && !beingEnded && flow.takeover === undefined;

/** A dial is over: another one stands in its place, its document's action is asked what comes next, it says so itself, or the caller was sent on. */
export function dialOver(
  verb: DialNumber | DialEdge,
  turn: Turn,
  facts: DialFacts,
  referral?: ReferFacts,
): Next {
  const { alternatives: skip = 0, action } = verb;
  turn.alarm('dialLimit', undefined);
  stopTalking(turn.session.flow);
  if (skip > 0 && !facts.bridged && isWanted(turn)) return { goOn: true };
  turn.dialCompleted(facts);
  turn.session.flow.lastDial = { outcome: facts.outcome, ...(facts.sip && { sip: facts.sip }) };
  const refer = referOf(verb, turn);
  if (refer && referral) return { request: refer, facts: referral };
  // Of a call that is being ended, nobody waits for the answer.
  const answer = turn.beingEnded ? 'notice' : verb.answer;
  if (action) return asks(action, answer, { ...facts, ...rungFor(facts, turn) }, skip);
  return verb.afterwards === 'hangup' ? { hangUp: true } : { goOn: true, skip };
}

/** What is asked when whoever has answered sends the caller on; without it a REFER is refused. */
export const referOf = (verb: DialNumber | DialEdge, { session }: Turn): WebTarget | undefined =>
  verb.refer ?? session.refer;

function rungFor({ callSid }: DialFacts, { session }: Turn): Pick<DialFacts, 'ringSeconds'> {
  const call = session.calls.find(({ sid }) => sid === callSid);
  const seconds = call && rangSeconds(call);
  return seconds === undefined ? {} : { ringSeconds: seconds };
}

/** There is nobody whom it could ring. */
export function nobodyDialled(verb: DialNumber | DialEdge, turn: Turn): Next {
  return dialOver(verb, turn, {
    kind: 'dial',
    outcome: 'failed',
    callSid: '',
    durationSeconds: 0,
    bridged: false,
  });
}
