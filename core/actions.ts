/** Actions that every part of the engine says. */
import type { Action, LegSelector } from '../sma/contract/action.ts';
import type { LegTag } from '../sma/contract/event.ts';
import { isSettled } from './call.ts';
import { refusalAfter, serviceCode } from './refusal.ts';
import type { Turn } from './turn.ts';

/** Nothing new: what runs goes on. */
export const KEEP: Action[] = [];

export function hangUp(leg: LegTag, sipResponseCode = 0): Action {
  return { Type: 'Hangup', Parameters: { ParticipantTag: leg, SipResponseCode: sipResponseCode } };
}

/** With what a caller gets that was never answered: without a refusal, that of the last Dial. */
export function hangUpCaller(turn: Turn, refusal = refusalAfter(turn.session.flow.lastDial)): Action[] {
  const { root } = turn;
  if (root.direction !== 'inbound' || root.answeredAtMs !== undefined) return [hangUp('LEG-A')];
  turn.refuse(refusal);
  return [hangUp('LEG-A', serviceCode(refusal.sipCode))];
}

/** Hangs LEG-B up, if it is up and that is not under way. While it rings, the voice service cannot. */
export function hangUpDialled(turn: Turn): Action[] {
  return legBIsUp(turn) && !hangsUp(turn.session.flow.sent, 'LEG-B') ? [hangUp('LEG-B')] : KEEP;
}

export const legBIsUp = ({ dialled }: Turn): boolean =>
  dialled?.answeredAtMs !== undefined && !isSettled(dialled);

/** True when a list hangs that leg up. */
export const hangsUp = (actions: readonly Action[], leg: LegTag): boolean =>
  actions.some(action => action.Type === 'Hangup' && action.Parameters.ParticipantTag === leg);

/** The action, for that leg. */
export function onLeg(action: Action, leg: LegTag, callId: string | undefined): Action {
  const {
    CallId: _,
    ParticipantTag: __,
    ...parameters
  } = action.Parameters as Action['Parameters'] & LegSelector;
  const selector: LegSelector = callId === undefined ? { ParticipantTag: leg } : { CallId: callId };
  return { ...action, Parameters: { ...parameters, ...selector } } as Action;
}
