import type { PlayAudioParameters } from '../contract/action.ts';
import { ERROR_MESSAGES } from '../contract/error-type.ts';
import { audioError } from '../media/audio.ts';
import type { Playback } from '../media/media.ts';
import type { ActionDefinition } from './action-definition.ts';
import { isActionError, isS3Audio, S3_AUDIO_NAMES } from './audio-parameters.ts';
import { invalid, isAbsent, isKeyList, LEG_SELECTOR, wholeNumberOr } from './parameters.ts';

/** Plays a WAV file from S3, `Repeat` times; a terminator key ends it as a success. */
export const playAudio: ActionDefinition = {
  parameters: { ...LEG_SELECTOR, AudioSource: S3_AUDIO_NAMES, PlaybackTerminators: true, Repeat: true },
  leg: 'selected',
  interruptible: true,
  answersLegA: true,
  runsWhileDialled: false,
  reportsItself: false,
  whenLegEnds: () => ({ result: 'successful' }),

  check({ AudioSource, PlaybackTerminators, Repeat }) {
    if (!isS3Audio(AudioSource)) return audioError(ERROR_MESSAGES.audioSourceInvalid);
    if (!isAbsent(PlaybackTerminators) && !isKeyList(PlaybackTerminators)) {
      return invalid(ERROR_MESSAGES.parameter('PlaybackTerminators'));
    }
    return wholeNumberOr(Repeat, 1) > 0 ? undefined : invalid(ERROR_MESSAGES.parameter('Repeat'));
  },

  start({ parameters, leg, call, finish }) {
    const { AudioSource, PlaybackTerminators, Repeat } = parameters as unknown as PlayAudioParameters;
    let left = wholeNumberOr(Repeat, 1);
    let playing: Playback | undefined;
    let stopped = false;
    const stop = (): void => {
      stopped = true;
      playing?.stop();
    };

    void call.readAudio(AudioSource).then(audio => {
      if (stopped) return;
      if (isActionError(audio)) {
        finish({ result: 'failed', error: audio });
        return;
      }
      const playOnce = (): void => {
        playing = left-- > 0 ? call.play(leg, audio, playOnce) : undefined;
        if (playing === undefined) finish({ result: 'successful' });
      };
      playOnce();
    });

    return {
      stop,
      digit(digit) {
        if (!PlaybackTerminators?.includes(digit)) return false;
        stop();
        finish({ result: 'successful' });
        return true;
      },
    };
  },
};
