import type { Wav } from './wav.ts';

/** Something that is played to one leg. */
export type Prompt = SpeechPrompt | AudioPrompt;

export interface SpeechPrompt {
  kind: 'speech';
  /** What is heard: SSML tags are gone. */
  text: string;
  voiceId: string;
  durationMs: number;
}

export interface AudioPrompt {
  kind: 'audio';
  bucket: string;
  key: string;
  durationMs: number;
  wav: Wav;
}
