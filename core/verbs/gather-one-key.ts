/** One key after one prompt: what the voice service takes by itself, down to the key that cuts the prompt. */
import type { Action, DigitCollection } from '../../sma/contract/action.ts';
import type { Gather } from '../verb.ts';

/**
 * The action that takes the key, if this list is one prompt that can be cut, and the wait after it. Its time-out is that of a whole
 * try, which is the time to the first key where there is no second one. So it does for a single key only, and where a key finishes:
 * what the service makes of no finishing key at all it does not say.
 */
export function collectKey(verb: Gather, list: readonly Action[]): Action | undefined {
  const { maxDigits, finishOnKeys, invalid, startKeys, firstKeyTimeoutSeconds } = verb;
  const isOneKey = maxDigits === 1 && finishOnKeys !== '' && firstKeyTimeoutSeconds > 0;
  const [prompt, ...waits] = list;
  const isOnePrompt = verb.prompts.length === 1 && waits.every(({ Type }) => Type === 'Pause');
  if (!isOneKey || !isOnePrompt || invalid || startKeys !== undefined || prompt === undefined)
    return undefined;
  const keys: DigitCollection = {
    MinNumberOfDigits: 0,
    MaxNumberOfDigits: 1,
    TerminatorDigits: [...finishOnKeys],
    Repeat: 1,
    RepeatDurationInMilliseconds: Math.ceil(firstKeyTimeoutSeconds * 1000),
  };
  if (prompt.Type === 'Speak') {
    const { CallId, ParticipantTag: _, ...speech } = prompt.Parameters;
    return {
      Type: 'SpeakAndGetDigits',
      Parameters: { ...(CallId !== undefined && { CallId }), SpeechParameters: speech, ...keys },
    };
  }
  if (prompt.Type !== 'PlayAudio' || prompt.Parameters.Repeat !== 1) return undefined;
  const { ParticipantTag = 'LEG-A', AudioSource } = prompt.Parameters;
  return {
    Type: 'PlayAudioAndGetDigits',
    // The second one is heard after an attempt that failed, which one without conditions never does.
    Parameters: { ParticipantTag, AudioSource, FailureAudioSource: AudioSource, ...keys },
  };
}
