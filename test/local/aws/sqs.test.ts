import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFauxqs, type Fauxqs } from '../../../local/aws/fauxqs.ts';
import type { Front } from '../../../local/aws/front.ts';
import { clientConfig, frontWith } from './sdk.ts';

describe('SQS', () => {
  let fauxqs: Fauxqs;
  let front: Front;
  let client: SQSClient;
  let queueUrl: string;

  beforeAll(async () => {
    fauxqs = await createFauxqs();
    ({ front } = await frontWith({ sqs: fauxqs.service }));
    client = new SQSClient(clientConfig(front));
    queueUrl = front.url + (await fauxqs.createQueue('letters', { VisibilityTimeout: '60' }));
  });

  afterAll(async () => {
    client.destroy();
    await front.close();
    await fauxqs.close();
  });

  const receive = async (url = queueUrl) =>
    (await client.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }))).Messages ?? [];

  it('wakes a long poll as soon as a message is sent', async () => {
    const polling = client.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 20 }));
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'hello' }));
    const { Messages } = await polling;
    expect(Messages?.map(message => message.Body)).toEqual(['hello']);
    await client.send(
      new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: Messages?.[0]?.ReceiptHandle }),
    );
  });

  it('hides a message that somebody has, and shows it again when told to', async () => {
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'again' }));
    const [first] = await receive();
    expect(await receive()).toEqual([]);
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: first?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    expect((await receive()).map(message => message.MessageId)).toEqual([first?.MessageId]);
  });

  it('works with a client that ignores queue URLs in favour of its endpoint', async () => {
    const other = new SQSClient({ ...clientConfig(front), useQueueUrlAsEndpoint: false });
    await other.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'by endpoint' }));
    other.destroy();
    expect((await receive()).map(message => message.Body)).toContain('by endpoint');
  });

  it('keeps the order of a group and gives out nothing of it while one message is in somebody’s hands', async () => {
    const url = front.url + (await fauxqs.createQueue('calls.fifo', { FifoQueue: 'true' }));
    for (const body of ['one', 'two']) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: body,
          MessageGroupId: 'AC1',
          MessageDeduplicationId: body,
        }),
      );
    }
    const [one] = await receive(url);
    expect(await receive(url)).toEqual([]);
    await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: one?.ReceiptHandle }));
    const [two] = await receive(url);
    expect([one?.Body, two?.Body]).toEqual(['one', 'two']);
  });

  it('moves a message to the dead letters after as many receives as the policy says', async () => {
    await fauxqs.createQueue('dead');
    const policy = { deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead', maxReceiveCount: 2 };
    const url = front.url + (await fauxqs.createQueue('tries', { RedrivePolicy: JSON.stringify(policy) }));
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'poison' }));
    for (let receives = 0; receives < 3; receives++) {
      for (const { ReceiptHandle } of await receive(url)) {
        await client.send(
          new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }),
        );
      }
    }
    expect(await fauxqs.queueDepth('dead')).toMatchObject({ visible: 1 });
    expect(await fauxqs.queueDepth('tries')).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it('throws the exception of the service for a queue that does not exist', async () => {
    const sending = client.send(new SendMessageCommand({ QueueUrl: `${queueUrl}-not`, MessageBody: 'lost' }));
    await expect(sending).rejects.toBeInstanceOf(QueueDoesNotExist);
  });
});
