import type { Action } from '../../sma/contract/action.ts';
import { MAX_PAUSE_MS, MIN_PAUSE_MS } from '../../sma/contract/limits.ts';
import type { VerbDefinition } from './definition.ts';

/** Silence, in equal slices that one action takes. It does not answer a call that came in. */
export const pause: VerbDefinition<'Pause'> = {
  start(verb) {
    const totalMs = verb.lengthSeconds * 1000;
    if (totalMs < MIN_PAUSE_MS) return { actions: [] };
    const times = Math.ceil(totalMs / MAX_PAUSE_MS);
    return { actions: [pauseAction(Math.round(totalMs / times))], times };
  },
};

export function pauseAction(durationMs: number): Action {
  return { Type: 'Pause', Parameters: { ParticipantTag: 'LEG-A', DurationInMilliseconds: durationMs } };
}
