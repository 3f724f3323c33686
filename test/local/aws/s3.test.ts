import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFauxqs, type Fauxqs } from '../../../local/aws/fauxqs.ts';
import type { Front } from '../../../local/aws/front.ts';
import { clientConfig, frontWith } from './sdk.ts';

describe('S3', () => {
  let fauxqs: Fauxqs;
  let front: Front;
  let client: S3Client;

  beforeAll(async () => {
    fauxqs = await createFauxqs();
    ({ front } = await frontWith({ s3: fauxqs.service }));
    client = new S3Client(clientConfig(front));
    await fauxqs.createBucket('audio');
  });

  afterAll(async () => {
    client.destroy();
    await front.close();
    await fauxqs.close();
  });

  it('keeps bytes and their content type', async () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, n) => n % 256);
    await client.send(
      new PutObjectCommand({ Bucket: 'audio', Key: 'a/b c.wav', Body: bytes, ContentType: 'audio/wav' }),
    );
    const object = await client.send(new GetObjectCommand({ Bucket: 'audio', Key: 'a/b c.wav' }));
    expect(object.ContentType).toBe('audio/wav');
    expect(Buffer.from((await object.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
    const head = await client.send(new HeadObjectCommand({ Bucket: 'audio', Key: 'a/b c.wav' }));
    expect(head.ContentLength).toBe(bytes.length);
  });

  it('throws the exceptions of the service for what is not there', async () => {
    const read = (Bucket: string) => client.send(new GetObjectCommand({ Bucket, Key: 'nothing' }));
    await expect(read('audio')).rejects.toBeInstanceOf(NoSuchKey);
    await expect(read('elsewhere')).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });
});
