/** The bucket that the voice service plays from. */
import { HeadObjectCommand, NotFound, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { clientConfiguration, type Environment, required } from './clients.ts';

export interface StoredAudio {
  etag?: string;
  lastModified?: string;
  /** Until then it is played without asking its server again (epoch milliseconds). */
  freshUntilMs: number;
}

export interface AudioBucket {
  find(key: string): Promise<StoredAudio | undefined>;
  put(key: string, wav: Uint8Array, about: StoredAudio): Promise<void>;
}

export function createAudioBucket(env: Environment): AudioBucket {
  const client = new S3Client({
    ...clientConfiguration('S3', env),
    forcePathStyle: env['AWS_ENDPOINT_URL_S3'] !== undefined,
  });
  const Bucket = required(env, 'AUDIO_BUCKET_NAME');
  return {
    async find(Key) {
      try {
        const { Metadata = {} } = await client.send(new HeadObjectCommand({ Bucket, Key }));
        const { etag, 'last-modified': lastModified } = Metadata;
        return {
          freshUntilMs: Number(Metadata['fresh-until-ms'] ?? 0),
          ...(etag !== undefined && { etag }),
          ...(lastModified !== undefined && { lastModified }),
        };
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw error;
      }
    },

    async put(Key, Body, { etag, lastModified, freshUntilMs }) {
      await client.send(
        new PutObjectCommand({
          Bucket,
          Key,
          Body,
          // The voice service plays nothing that does not say what it is.
          ContentType: 'audio/wav',
          Metadata: {
            'fresh-until-ms': String(freshUntilMs),
            ...(etag !== undefined && { etag }),
            ...(lastModified !== undefined && { 'last-modified': lastModified }),
          },
        }),
      );
    },
  };
}
