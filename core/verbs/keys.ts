/** Keys that a caller presses. */
import type { Action } from '../../sma/contract/action.ts';
import type { LegTag } from '../../sma/contract/event.ts';

/** A key is told once no other one has followed it for so long. */
export const KEY_SETTLE_MS = 200;

/**
 * Listens to the caller, or whoever is on that leg, from now on. Keys that do not match are told as well, once they have waited for others; the listener stays,
 * as the time in which it flushes "starts again" with the next key (ReceiveDigits in the Amazon Chime SDK's guide).
 */
export function hearKeys(regex: string, leg: LegTag = 'LEG-A'): Action {
  return {
    Type: 'ReceiveDigits',
    Parameters: {
      ParticipantTag: leg,
      InputDigitsRegex: regex,
      InBetweenDigitsDurationInMilliseconds: KEY_SETTLE_MS,
      FlushDigitsDurationInMilliseconds: 2 * KEY_SETTLE_MS,
    },
  };
}
