import { DescribeKeyCommand, KMSClient, UpdateAliasCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsCall, Front } from '../../../local/aws/front.ts';
import { jsonService } from '../../../local/aws/service.ts';
import { clientConfig, frontWith } from './sdk.ts';

describe('the front of the AWS services', () => {
  let front: Front;
  let calls: AwsCall[];

  beforeAll(async () => {
    const kms = jsonService('application/x-amz-json-1.1', {
      DescribeKey: () => {
        throw new Error('a fault of the emulator');
      },
    });
    ({ front, calls } = await frontWith({ kms }));
  });

  afterAll(() => front.close());

  it('listens on loopback only', () => {
    expect(front.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('answers 403 to a request without a signature', async () => {
    const answer = await fetch(front.url, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });

  it('answers 501 for a service that it does not have, and names it', async () => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/polly/aws4_request, SignedHeaders=host';
    const answer = await fetch(front.url, { headers: { authorization } });
    expect(answer.status).toBe(501);
    expect(await answer.json()).toMatchObject({ message: 'There is no polly on the local platform.' });
  });

  it('answers 500, and stays up, when an emulated service is at fault', async () => {
    const client = new KMSClient(clientConfig(front));
    const asking = client.send(new DescribeKeyCommand({ KeyId: 'x' }));
    await expect(asking).rejects.toMatchObject({
      name: 'InternalFailure',
      $metadata: { httpStatusCode: 500 },
    });
    client.destroy();
  });

  it('tells which service was asked, by whom, and for what', async () => {
    const client = new KMSClient(clientConfig(front, 'deliver'));
    await client.send(new UpdateAliasCommand({ AliasName: 'alias/a', TargetKeyId: 'b' })).catch(() => {});
    client.destroy();
    expect(calls.at(-1)).toMatchObject({
      request: { service: 'kms', caller: 'deliver' },
      response: { status: 400 },
    });
  });
});
