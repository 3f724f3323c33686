/** What a prompt sounds like: PCMU, a byte a sample. */

import { SAMPLE_RATE, toMuLaw } from '../../rtp/g711.ts';
import type { Prompt } from '../media/prompt.ts';
import { type Wav, wavSamples } from '../media/wav.ts';

/** Speech is not synthesised: a hum stands for it, soft (−34 dBm0) and low, so that a far end can tell it from silence. */
const HUM_HZ = 200;
const HUM_LEVEL = 500;
const HUM_PERIOD = Uint8Array.from({ length: SAMPLE_RATE / HUM_HZ }, (_, at) =>
  toMuLaw(Math.round(HUM_LEVEL * Math.sin((2 * Math.PI * HUM_HZ * at) / SAMPLE_RATE))),
);

/** A ringback tone is played again and again. */
const converted = new WeakMap<Wav, Uint8Array>();

/** A file's own sound, or the hum for as long as the speech would take. */
export function promptAudio(prompt: Prompt): Uint8Array {
  if (prompt.kind === 'speech') return hum(Math.round((prompt.durationMs * SAMPLE_RATE) / 1_000));
  const audio = converted.get(prompt.wav) ?? wavAudio(prompt.wav);
  converted.set(prompt.wav, audio);
  return audio;
}

function hum(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => HUM_PERIOD[at % HUM_PERIOD.length] as number);
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
