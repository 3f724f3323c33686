import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  MessageNotInflight,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFauxqs, type Fauxqs } from '../../../local/aws/fauxqs.ts';
import type { Front } from '../../../local/aws/front.ts';
import { onClock } from '../../../local/aws/queue-time.ts';
import { EagerClock } from '../../../local/clock/eager-clock.ts';
import { clientConfig, frontWith } from './sdk.ts';

describe('SQS on a virtual clock', () => {
  let clock: EagerClock;
  let fauxqs: Fauxqs;
  let front: Front;
  let client: SQSClient;
  let QueueUrl: string;

  beforeEach(async () => {
    clock = new EagerClock({ startMs: 0, maxLeapMs: 0 });
    fauxqs = await createFauxqs();
    ({ front } = await frontWith({ sqs: onClock(fauxqs, clock) }));
    client = new SQSClient(clientConfig(front));
    QueueUrl = front.url + (await fauxqs.createQueue('letters', { VisibilityTimeout: '60' }));
  });

  afterEach(async () => {
    client.destroy();
    clock.close();
    await front.close();
    await fauxqs.close();
  });

  const send = (more: object = {}) =>
    client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', ...more }));
  const receive = async () => (await client.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? [];
  const change = (ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
    client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));

  it('delays a message by the clock', async () => {
    await send({ DelaySeconds: 900 });
    await clock.advance(899_000);
    expect(await receive()).toEqual([]);
    await clock.advance(1000);
    expect(await receive()).toHaveLength(1);
  });

  it('shows a message again after the queue’s visibility timeout', async () => {
    await send();
    await receive();
    await clock.advance(59_000);
    expect(await receive()).toEqual([]);
    await clock.advance(1000);
    expect(await receive()).toHaveLength(1);
  });

  it('shows it again after the timeout that it was given last', async () => {
    await send();
    const [message] = await receive();
    await change(message?.ReceiptHandle, 3600);
    await clock.advance(3_599_000);
    expect(await receive()).toEqual([]);
    await clock.advance(1000);
    const [again] = await receive();
    await change(again?.ReceiptHandle, 0);
    expect(await receive()).toHaveLength(1);
  });

  it('never shows again what was deleted', async () => {
    await send();
    const [message] = await receive();
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
    await clock.advance(100_000);
    expect(await receive()).toEqual([]);
    await expect(change(message?.ReceiptHandle, 10)).rejects.toBeInstanceOf(MessageNotInflight);
  });

  it('refuses what SQS refuses', async () => {
    QueueUrl += '-not';
    await expect(send({ DelaySeconds: 5 })).rejects.toBeInstanceOf(QueueDoesNotExist);
  });
});
