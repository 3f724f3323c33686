import { aiff } from './aiff.ts';
import { au } from './au.ts';
import { AudioTooLongError, NotAudioError } from './errors.ts';
import { MAX_OUTPUT_BYTES, MAX_SOUND_SECONDS, TELEPHONY_RATE_HZ } from './limits.ts';
import { mp3 } from './mp3.ts';
import { rawALaw, rawMuLaw } from './raw.ts';
import { resample } from './resample.ts';
import type { AudioFormat } from './sound.ts';
import { wav } from './wav.ts';
import { WAV_HEADER_BYTES, wavFile } from './wav-file.ts';

/** The formats that are read, in the order in which they are tried: those without a header last. */
export const audioFormats: readonly AudioFormat[] = [wav, aiff, au, mp3, rawMuLaw, rawALaw];

const MAX_SAMPLES = Math.min(
  MAX_SOUND_SECONDS * TELEPHONY_RATE_HZ,
  (MAX_OUTPUT_BYTES - WAV_HEADER_BYTES) / 2,
);

/**
 * Makes of any sound file the WAV that the voice service plays: PCM, 16 bit, mono, 8 kHz.
 *
 * @param bytes a WAV, AIFF, AU or MP3 file, told by its content; or raw G.711, told by its content type.
 * @param contentType as the server sent it, parameters and all.
 * @throws {AudioError} its subclasses name every way in which a file cannot be played.
 *
 * @example
 * const file = await toTelephonyWav(answer.body, answer.headers['content-type']);
 */
export async function toTelephonyWav(bytes: Uint8Array, contentType = ''): Promise<Uint8Array> {
  const mediaType = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  const format = audioFormats.find(candidate => candidate.recognises(bytes, mediaType));
  if (format === undefined) {
    throw new NotAudioError(
      `What the URL returned${mediaType === '' ? '' : ` (${mediaType})`} is not audio that can be played. Use a WAV, MP3 or AIFF file, or G.711 with its content type.`,
    );
  }
  const sound = resample(await format.open(bytes), TELEPHONY_RATE_HZ);
  const parts: Int16Array[] = [];
  let samples = 0;
  for (const block of sound.blocks) {
    samples += block.length;
    if (samples > MAX_SAMPLES) {
      throw new AudioTooLongError(
        `This ${format.name} file is longer than ${MAX_SOUND_SECONDS / 60} minutes. Cut it, or play it in parts.`,
      );
    }
    parts.push(toSixteenBits(block));
  }
  return wavFile(parts);
}

function toSixteenBits(block: Float32Array): Int16Array {
  const samples = new Int16Array(block.length);
  for (const [index, sample] of block.entries()) {
    samples[index] = Math.max(-0x8000, Math.min(0x7fff, Math.round(sample * 0x8000)));
  }
  return samples;
}
