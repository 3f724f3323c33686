import type { ActionDefinition } from './action-definition.ts';
import { LEG_SELECTOR } from './parameters.ts';
import { checkSpeech, SPEECH_NAMES, speechOf } from './speech-parameters.ts';

/** Says a text. */
export const speak: ActionDefinition = {
  parameters: { ...LEG_SELECTOR, ...SPEECH_NAMES },
  leg: 'selected',
  interruptible: 'speakInterruptible',
  answersLegA: true,
  runsWhileDialled: false,
  reportsItself: false,
  whenLegEnds: () => ({ result: 'successful' }),
  check: checkSpeech,

  start({ parameters, leg, call, finish }) {
    return call.play(leg, speechOf(parameters, call.options), () => finish({ result: 'successful' }));
  },
};
