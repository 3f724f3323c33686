/** What Speak and SpeakAndGetDigits say. */
import type { SpeechParameters } from '../contract/action.ts';
import { ERROR_MESSAGES } from '../contract/error-type.ts';
import { MAX_SPEAK_CHARACTERS } from '../contract/limits.ts';
import { LANGUAGE_CODES, VOICE_IDS } from '../media/polly.ts';
import type { SpeechPrompt } from '../media/prompt.ts';
import { speechPrompt } from '../media/speech.ts';
import { readSsml } from '../media/ssml.ts';
import type { SmaOptions } from '../options.ts';
import type { ActionError } from './action-definition.ts';
import { invalid, isAbsent, missing, type ParameterNames, type Parameters } from './parameters.ts';

export const SPEECH_NAMES: ParameterNames = {
  Text: true,
  Engine: true,
  LanguageCode: true,
  TextType: true,
  VoiceId: true,
};

const VALUES: Record<string, ReadonlySet<string>> = {
  Engine: new Set(['standard', 'neural']),
  TextType: new Set(['text', 'ssml']),
  LanguageCode: LANGUAGE_CODES,
  VoiceId: VOICE_IDS,
};

export function checkSpeech(parameters: Parameters): ActionError | undefined {
  const { Text, TextType } = parameters;
  if (isAbsent(Text) || Text === '') return missing(ERROR_MESSAGES.textMissing);
  if (typeof Text !== 'string') return invalid(ERROR_MESSAGES.parameter('Text'));
  if (Text.length > MAX_SPEAK_CHARACTERS) return missing(ERROR_MESSAGES.textTooLong);
  for (const [name, values] of Object.entries(VALUES)) {
    const value = parameters[name];
    if (!isAbsent(value) && !(typeof value === 'string' && values.has(value))) {
      return invalid(ERROR_MESSAGES.parameter(name));
    }
  }
  const isBroken = TextType === 'ssml' && readSsml(Text) === undefined;
  return isBroken ? invalid(ERROR_MESSAGES.parameter('Text')) : undefined;
}

/** Of parameters that `checkSpeech` has passed. */
export function speechOf(parameters: Parameters, options: SmaOptions): SpeechPrompt {
  const { Text, TextType, VoiceId } = parameters as Partial<SpeechParameters>;
  return speechPrompt(
    { text: Text ?? '', ssml: TextType === 'ssml', voiceId: VoiceId ?? undefined },
    options,
  );
}
