import { ERROR_MESSAGES } from '../contract/error-type.ts';
import type { ActionDefinition } from './action-definition.ts';
import { COLLECTION_NAMES, checkCollection, collectDigits, digitsNotReceived } from './digit-collection.ts';
import { isAbsent, isRecord, LEG_SELECTOR, missing, type Parameters } from './parameters.ts';
import { checkSpeech, SPEECH_NAMES, speechOf } from './speech-parameters.ts';

/** Says a text and takes digits. */
export const speakAndGetDigits: ActionDefinition = {
  parameters: {
    ...LEG_SELECTOR,
    ...COLLECTION_NAMES,
    SpeechParameters: SPEECH_NAMES,
    FailureSpeechParameters: SPEECH_NAMES,
  },
  leg: 'selected',
  legMessage: ERROR_MESSAGES.legOfGather,
  interruptible: false,
  answersLegA: true,
  runsWhileDialled: false,
  reportsItself: true,
  whenLegEnds: digitsNotReceived,

  check(parameters) {
    const { SpeechParameters } = parameters;
    if (!isRecord(SpeechParameters)) return missing(ERROR_MESSAGES.textMissing);
    const failure = failureSpeech(parameters);
    return (
      checkSpeech(SpeechParameters) ??
      (failure === undefined ? undefined : checkSpeech(failure)) ??
      checkCollection(parameters)
    );
  },

  start(run) {
    const { options } = run.call;
    const failure = failureSpeech(run.parameters);
    return collectDigits(run, {
      main: speechOf(run.parameters['SpeechParameters'] as Parameters, options),
      failure: failure && speechOf(failure, options),
    });
  },
};

/** Voice and language come from SpeechParameters unless named; TextType does not. */
function failureSpeech(parameters: Parameters): Parameters | undefined {
  const { SpeechParameters, FailureSpeechParameters } = parameters;
  if (isAbsent(FailureSpeechParameters)) return undefined;
  if (!isRecord(FailureSpeechParameters)) return {};
  const main = isRecord(SpeechParameters) ? SpeechParameters : {};
  const { Engine, LanguageCode, VoiceId } = main;
  return { Engine, LanguageCode, VoiceId, ...FailureSpeechParameters };
}
