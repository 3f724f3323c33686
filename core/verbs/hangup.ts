import type { VerbDefinition } from './definition.ts';

/** Ends the call. */
export const hangup: VerbDefinition<'Hangup'> = {
  start: () => ({ hangUp: true, reason: 'hangup-verb' }),
};
