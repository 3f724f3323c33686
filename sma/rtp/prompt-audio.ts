/** What a prompt sounds like: PCMU, a byte a sample. */

import { SAMPLE_RATE, toMuLaw } from '../../rtp/g711.ts';
import type { Prompt } from '../media/prompt.ts';
import { type Wav, wavSamples } from '../media/wav.ts';

/** Speech is not synthesised: a hum stands for it, soft (−34 dBm0) and low, so that a far end can tell it from silence. */
const HUM_HZ = 200;
const HUM_LEVEL = 500;

/** A file's own sound, or the hum for as long as the speech would take. */
export function promptAudio(prompt: Prompt): Uint8Array {
  const length = Math.round((prompt.durationMs * SAMPLE_RATE) / 1_000);
  if (prompt.kind === 'audio') return wavAudio(prompt.wav);
  return Uint8Array.from({ length }, (_, at) =>
    toMuLaw(Math.round(HUM_LEVEL * Math.sin((2 * Math.PI * HUM_HZ * at) / SAMPLE_RATE))),
  );
}

/** At 8 kHz: each sample is the mean of what the file has in its time, or its nearest where the file has fewer. */
function wavAudio(wav: Wav): Uint8Array {
  const samples = wavSamples(wav);
  const ratio = wav.sampleRate / SAMPLE_RATE;
  const length = Math.floor(samples.length / ratio);
  return Uint8Array.from({ length }, (_, at) => {
    const from = Math.floor(at * ratio);
    const to = Math.max(from + 1, Math.floor((at + 1) * ratio));
    let sum = 0;
    for (let index = from; index < to; index++) sum += samples[index] ?? 0;
    return toMuLaw(Math.round(sum / (to - from)));
  });
}
