import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import type { AudioSource } from '../sma/runtime.ts';
import type { PlatformLog } from './log.ts';

/** Buckets as the voice service reads them to play something. */
export function audioSource(s3: () => S3Client, log: PlatformLog): AudioSource {
  return async (Bucket, Key) => {
    try {
      const { Body, ContentType } = await s3().send(new GetObjectCommand({ Bucket, Key }));
      return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), contentType: ContentType };
    } catch (error) {
      // Whatever the reason, the call is told that its audio cannot be read.
      if (!(error instanceof NoSuchKey))
        log('warn', `s3://${Bucket}/${Key} could not be read`, { error: String(error) });
      return undefined;
    }
  };
}
