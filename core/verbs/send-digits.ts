import type { Action } from '../../sma/contract/action.ts';
import type { LegTag } from '../../sma/contract/event.ts';
import { MAX_SEND_DIGITS } from '../../sma/contract/limits.ts';
import type { VerbDefinition } from './definition.ts';

/** What each waiting letter is worth in the voice service's own half-second commas. */
const WAITS: Readonly<Record<string, string>> = { w: ',', W: ',,' };

export const sendDigits: VerbDefinition<'SendDigits'> = {
  answers: true,
  start: (verb, turn) => ({
    actions: digitActions(verb.digits, 'LEG-A', turn.session.legA),
    times: Math.max(1, verb.loop),
  }),
};

/** Digits as the dialects write them (`w` waits 0.5 s, `W` 1 s) → as many SendDigits as they need. */
export function digitActions(digits: string, leg: LegTag, callId: string | undefined): Action[] {
  const tones = digits.replace(/[wW]/g, letter => WAITS[letter] ?? letter);
  const pieces = tones.match(new RegExp(`.{1,${MAX_SEND_DIGITS}}`, 'g')) ?? [];
  return pieces.map(Digits => ({
    Type: 'SendDigits',
    Parameters: { ...(callId === undefined ? { ParticipantTag: leg } : { CallId: callId }), Digits },
  }));
}
