import { ChimeSDKVoiceClient, CreateSipMediaApplicationCallCommand } from '@aws-sdk/client-chime-sdk-voice';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Front, startFront } from '../../../local/aws/front.ts';
import { accessDenied, iamAction } from '../../../local/aws/rights.ts';
import { clientConfig } from './sdk.ts';

describe('a request that its caller has no right to', () => {
  const actions: string[] = [];
  let front: Front;

  beforeAll(async () => {
    const never = () => Promise.reject(new Error('must not be asked'));
    const names = ['dynamodb', 'events', 'kms', 'lambda', 's3', 'sqs', 'chime'];
    front = await startFront({
      services: Object.fromEntries(names.map(name => [name, never])),
      refuse: request => {
        actions.push(iamAction(request));
        return accessDenied(request);
      },
    });
  });

  afterAll(() => front.close());

  const call = { SipMediaApplicationId: 'id', ToPhoneNumber: '+1', FromPhoneNumber: '+2' };

  it.each([
    ['dynamodb:GetItem', DynamoDBClient, new GetItemCommand({ TableName: 'abc', Key: {} })],
    ['events:PutEvents', EventBridgeClient, new PutEventsCommand({ Entries: [] })],
    ['kms:Decrypt', KMSClient, new DecryptCommand({ CiphertextBlob: Buffer.from('x') })],
    ['lambda:InvokeFunction', LambdaClient, new InvokeCommand({ FunctionName: 'fetch' })],
    ['s3:GetObject', S3Client, new GetObjectCommand({ Bucket: 'bucket', Key: 'key' })],
    [
      'sqs:DeleteMessage',
      SQSClient,
      new DeleteMessageBatchCommand({ QueueUrl: 'http://q/1/2', Entries: [] }),
    ],
    [
      'chime:CreateSipMediaApplicationCall',
      ChimeSDKVoiceClient,
      new CreateSipMediaApplicationCallCommand(call),
    ],
  ])('%s is refused as its service refuses it', async (action, Client, command) => {
    const client = new Client({ ...clientConfig(front, 'deliver'), useQueueUrlAsEndpoint: false } as never);
    const sending = (client.send as (command: unknown) => Promise<unknown>).call(client, command);
    await expect(sending).rejects.toMatchObject({
      name: expect.stringMatching(/^AccessDenied(Exception)?$/),
      message: expect.stringContaining(
        `assumed-role/deliver/deliver is not authorized to perform: ${action}`,
      ),
    });
    client.destroy();
    expect(actions.at(-1)).toBe(action);
  });
});
