import type { Action } from '../../sma/contract/action.ts';
import { MAX_PAUSE_MS } from '../../sma/contract/limits.ts';
import type { VerbDefinition } from './definition.ts';

/** Silence, in slices that one action takes. It does not answer a call that came in. */
export const pause: VerbDefinition<'Pause'> = {
  start(verb) {
    const actions: Action[] = [];
    for (let leftMs = verb.lengthSeconds * 1000; leftMs > 0; leftMs -= MAX_PAUSE_MS) {
      actions.push(pauseAction(Math.min(leftMs, MAX_PAUSE_MS)));
    }
    return { actions };
  },
};

export function pauseAction(durationMs: number): Action {
  return { Type: 'Pause', Parameters: { ParticipantTag: 'LEG-A', DurationInMilliseconds: durationMs } };
}
