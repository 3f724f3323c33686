import type { ActionDefinition } from './action-definition.ts';
import { LEG_SELECTOR } from './parameters.ts';

/** Seen in some handlers, documented nowhere: answers LEG-A (option `allowAnswer`). */
export const answer: ActionDefinition = {
  parameters: LEG_SELECTOR,
  enabledBy: 'allowAnswer',
  leg: 'LEG-A',
  interruptible: false,
  answersLegA: true,
  runsWhileDialled: false,
  reportsItself: false,
  whenLegEnds: () => ({ result: 'successful' }),
  check: () => undefined,

  start({ finish }) {
    finish({ result: 'successful' });
    return { stop() {} };
  },
};
