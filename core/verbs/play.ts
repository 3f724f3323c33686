import type { Action } from '../../sma/contract/action.ts';
import { NOTIFICATION } from '../notification.ts';
import { redactUrl } from '../redact-url.ts';
import type { StoredAudio } from '../verb.ts';
import type { VerbDefinition } from './definition.ts';
import { s3Audio } from './s3-audio.ts';

/** Times that one PlayAudio repeats for a Play without end; then it comes again. */
const REPEATS_OF_AN_ENDLESS_PLAY = 1_000;

/** Audio that the fetch function has put into the audio bucket. What could not be had is skipped or ends the call, and is said so. */
export const play: VerbDefinition<'Play'> = {
  answers: true,
  start(verb, turn) {
    if (verb.audio === undefined || 'error' in verb.audio) {
      const url = redactUrl(verb.url);
      const reason = verb.audio?.error ?? 'it was not fetched';
      turn.notify(
        NOTIFICATION.notAudio,
        'warning',
        `Play ${verb.needed ? 'could not play' : 'skipped'} ${url}: ${reason}`,
        url,
      );
      return verb.needed ? { hangUp: true, reason: 'document-invalid' } : { actions: [] };
    }
    const actions = [playAudio(verb.audio, verb.loop)];
    return verb.loop === 0 ? { actions, times: 0 } : { actions };
  },
};

function playAudio(audio: StoredAudio, loop: number): Action {
  return {
    Type: 'PlayAudio',
    Parameters: {
      ParticipantTag: 'LEG-A',
      AudioSource: s3Audio(audio),
      Repeat: loop === 0 ? REPEATS_OF_AN_ENDLESS_PLAY : loop,
    },
  };
}
