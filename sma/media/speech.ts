import type { SmaOptions } from '../options.ts';
import { DEFAULT_VOICE_ID } from './polly.ts';
import type { SpeechPrompt } from './prompt.ts';
import { readSsml } from './ssml.ts';

export interface SpeechText {
  text: string;
  ssml: boolean;
  voiceId?: string | undefined;
}

/** Speech that takes as long as its characters at the rate of `speechCharactersPerSecond`, plus its breaks. */
export function speechPrompt({ text, ssml, voiceId }: SpeechText, options: SmaOptions): SpeechPrompt {
  const read = (ssml ? readSsml(text) : undefined) ?? { text, breaksMs: 0 };
  const spokenMs = Math.ceil((read.text.length / options.speechCharactersPerSecond) * 1_000);
  return {
    kind: 'speech',
    text: read.text,
    voiceId: voiceId ?? DEFAULT_VOICE_ID,
    durationMs: spokenMs + read.breaksMs,
  };
}
