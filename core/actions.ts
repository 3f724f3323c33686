/** Actions that every part of the engine says. */
import type { Action } from '../sma/contract/action.ts';
import type { LegTag } from '../sma/contract/event.ts';

/** Nothing new: what runs goes on. */
export const KEEP: Action[] = [];

export function hangUp(leg: LegTag, sipResponseCode = 0): Action {
  return { Type: 'Hangup', Parameters: { ParticipantTag: leg, SipResponseCode: sipResponseCode } };
}
