import type { PlayAudioAndGetDigitsParameters } from '../contract/action.ts';
import { ERROR_MESSAGES } from '../contract/error-type.ts';
import { audioError } from '../media/audio.ts';
import type { ActionDefinition, RunningAction } from './action-definition.ts';
import { isActionError, isS3Audio, S3_AUDIO_NAMES } from './audio-parameters.ts';
import { COLLECTION_NAMES, checkCollection, collectDigits, digitsNotReceived } from './digit-collection.ts';
import { LEG_SELECTOR } from './parameters.ts';

/** Plays a WAV file and takes digits. */
export const playAudioAndGetDigits: ActionDefinition = {
  parameters: {
    ...LEG_SELECTOR,
    ...COLLECTION_NAMES,
    AudioSource: S3_AUDIO_NAMES,
    FailureAudioSource: S3_AUDIO_NAMES,
  },
  leg: 'selected',
  legMessage: ERROR_MESSAGES.legOfGather,
  interruptible: false,
  answersLegA: true,
  runsWhileDialled: false,
  reportsItself: true,
  whenLegEnds: digitsNotReceived,

  check(parameters) {
    const { AudioSource, FailureAudioSource } = parameters;
    if (!isS3Audio(AudioSource) || !isS3Audio(FailureAudioSource)) {
      return audioError(ERROR_MESSAGES.audioSourceInvalid);
    }
    return checkCollection(parameters);
  },

  start(run) {
    const { AudioSource, FailureAudioSource } = run.parameters as unknown as PlayAudioAndGetDigitsParameters;
    let collecting: RunningAction | undefined;
    let stopped = false;
    // Keys pressed in the moment before the prompt is there are kept for it.
    const early: string[] = [];

    void Promise.all([run.call.readAudio(AudioSource), run.call.readAudio(FailureAudioSource)]).then(
      ([main, failure]) => {
        if (stopped) return;
        const broken = [main, failure].find(isActionError);
        if (broken !== undefined) {
          run.finish({ result: 'failed', error: broken });
          return;
        }
        if (isActionError(main) || isActionError(failure)) return;
        collecting = collectDigits(run, { main, failure });
        for (const digit of early) collecting.digit?.(digit);
      },
    );

    return {
      stop() {
        stopped = true;
        collecting?.stop();
      },
      digit(digit) {
        if (collecting === undefined) early.push(digit);
        else collecting.digit?.(digit);
        return true;
      },
    };
  },
};
