/** From an S3 object to something that can be played. */
import type { ActionError } from '../action/action-definition.ts';
import type { S3Audio } from '../contract/action.ts';
import { ERROR_MESSAGES } from '../contract/error-type.ts';
import { MAX_WAV_BYTES } from '../contract/limits.ts';
import type { AudioSource } from '../runtime.ts';
import type { AudioPrompt } from './prompt.ts';
import { readWav } from './wav.ts';

const ADVISED_SAMPLE_RATE = 8_000;

/** Reads and checks the object. Never rejects: an object that cannot be had is an error like one that is not there. */
export async function loadAudio(
  read: AudioSource,
  { BucketName: bucket, Key: key }: S3Audio,
  warn: (message: string) => void,
): Promise<AudioPrompt | ActionError> {
  const object = await read(bucket, key).catch((error: unknown) => {
    warn(`Reading s3://${bucket}/${key} failed: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  });
  if (object === undefined) return audioError(ERROR_MESSAGES.audioSourceUnreadable);
  const contentType = object.contentType ?? 'audio/wav';
  const wav = object.bytes.byteLength <= MAX_WAV_BYTES ? readWav(object.bytes) : undefined;
  if (wav === undefined || contentType !== 'audio/wav') {
    warn(
      `s3://${bucket}/${key} is not PCM WAV of at most 50 MB with Content-Type audio/wav (it says ${contentType}).`,
    );
    return audioError(ERROR_MESSAGES.audioSourceInvalid);
  }
  if (wav.sampleRate !== ADVISED_SAMPLE_RATE || wav.channels !== 1) {
    warn(
      `s3://${bucket}/${key} is ${wav.sampleRate} Hz with ${wav.channels} channels; 8000 Hz mono is advised.`,
    );
  }
  return { kind: 'audio', bucket, key, durationMs: wav.durationMs, wav };
}

export const audioError = (errorMessage: string): ActionError => ({
  errorType: 'InvalidAudioSource',
  errorMessage,
});
