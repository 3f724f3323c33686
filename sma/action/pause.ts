import { ERROR_MESSAGES } from '../contract/error-type.ts';
import { MAX_PAUSE_MS, MIN_PAUSE_MS } from '../contract/limits.ts';
import type { ActionDefinition } from './action-definition.ts';
import { invalid, isBetween, LEG_SELECTOR, wholeNumber } from './parameters.ts';

/** Silence on the leg. */
export const pause: ActionDefinition = {
  parameters: { ...LEG_SELECTOR, DurationInMilliseconds: true },
  leg: 'selected',
  interruptible: true,
  answersLegA: false,
  runsWhileDialled: true,
  reportsItself: false,
  whenLegEnds: () => ({ result: 'successful' }),

  check: ({ DurationInMilliseconds }) =>
    isBetween(wholeNumber(DurationInMilliseconds), MIN_PAUSE_MS, MAX_PAUSE_MS)
      ? undefined
      : invalid(ERROR_MESSAGES.duration),

  start({ parameters, call, finish }) {
    const timer = call.clock.after(wholeNumber(parameters['DurationInMilliseconds']), () =>
      finish({ result: 'successful' }),
    );
    return { stop: () => timer.cancel() };
  },
};
