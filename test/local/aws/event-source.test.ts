import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type EventSource, startEventSource } from '../../../local/aws/event-source.ts';
import { createFauxqs, type Fauxqs } from '../../../local/aws/fauxqs.ts';
import type { Front } from '../../../local/aws/front.ts';
import { createFunctionHost, type FunctionHost } from '../../../local/aws/lambda/function-host.ts';
import { realTime } from '../../../local/clock/platform-clock.ts';
import { clientConfig, frontWith } from './sdk.ts';

describe('the SQS event source', () => {
  let fauxqs: Fauxqs;
  let front: Front;
  let client: SQSClient;
  let host: FunctionHost;
  let source: EventSource | undefined;
  const errors: unknown[] = [];

  beforeAll(async () => {
    fauxqs = await createFauxqs();
    ({ front } = await frontWith({ sqs: fauxqs.service }));
    client = new SQSClient(clientConfig(front));
    host = createFunctionHost({ clock: realTime() });
  });

  afterEach(async () => {
    await source?.stop();
    expect(errors).toEqual([]);
  });

  afterAll(async () => {
    client.destroy();
    await front.close();
    await fauxqs.close();
  });

  /** A queue with its function, polled. */
  async function queue(name: string, handler: (event: SQSEvent) => Promise<unknown>, attributes = {}) {
    const queueUrl = front.url + (await fauxqs.createQueue(name, attributes));
    host.add({ name, memoryMb: 128, timeoutSeconds: 5, handler });
    source = startEventSource({
      sqs: client,
      queueUrl,
      host,
      functionName: name,
      batchSize: 10,
      concurrency: 2,
      onError: error => errors.push(error),
    });
    return {
      send: (MessageBody: string, more: object = {}) =>
        client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, ...more })),
      depth: () => fauxqs.queueDepth(name),
    };
  }

  it('hands the function the message as Lambda does, and deletes it', async () => {
    const events: SQSEvent[] = [];
    const { send, depth } = await queue('plain', async event => void events.push(event));
    const { MessageId } = await send('{"n":1}', {
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'letter' } },
    });
    await expect.poll(depth).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    expect(events).toEqual([
      {
        Records: [
          {
            messageId: MessageId,
            receiptHandle: expect.any(String),
            body: '{"n":1}',
            attributes: expect.objectContaining({
              ApproximateReceiveCount: '1',
              SentTimestamp: expect.stringMatching(/^\d{13}$/),
            }),
            messageAttributes: { kind: { dataType: 'String', stringValue: 'letter' } },
            md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
            eventSource: 'aws:sqs',
            eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:plain',
            awsRegion: 'us-east-1',
          },
        ],
      },
    ]);
  });

  it('keeps what the function reports as failed, and deletes the rest', async () => {
    const { send, depth } = await queue('partly', async event => ({
      batchItemFailures: event.Records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({
        itemIdentifier: messageId,
      })),
    }));
    for (const body of ['good', 'bad', 'good']) await send(body);
    await expect.poll(depth).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
  });

  it.each([
    ['throws', async () => Promise.reject(new Error('down'))],
    ['reports a failure without an id', async () => ({ batchItemFailures: [{ itemIdentifier: '' }] })],
  ])('keeps the whole batch when the function %s', async (what, handler) => {
    let invocations = 0;
    const { send, depth } = await queue(`all-${what.split(' ')[0]}`, async () => {
      invocations++;
      return handler();
    });
    await send('x');
    await expect.poll(() => invocations).toBe(1);
    await host.idle();
    expect(await depth()).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
  });

  it('offers a failed message again after its visibility timeout', async () => {
    const counts: string[] = [];
    const { send } = await queue(
      'again',
      async event => {
        counts.push(event.Records[0]?.attributes.ApproximateReceiveCount ?? '');
        if (counts.length === 1) throw new Error('first time');
      },
      { VisibilityTimeout: '1' },
    );
    await send('x');
    await expect.poll(() => counts, { timeout: 5000 }).toEqual(['1', '2']);
  });

  it('handles a FIFO group one after the other, and groups side by side', async () => {
    const log: string[] = [];
    const { send } = await queue(
      'groups.fifo',
      async event => {
        for (const { body } of event.Records) log.push(`+${body}`);
        await new Promise(resolve => setTimeout(resolve, 30));
        for (const { body } of event.Records) log.push(`-${body}`);
      },
      { FifoQueue: 'true' },
    );
    await Promise.all(
      ['a', 'b'].map(async group => {
        for (const n of [1, 2, 3]) {
          const body = `${group}${n}`;
          await send(body, { MessageGroupId: group, MessageDeduplicationId: body });
        }
      }),
    );
    await expect.poll(() => log.length, { timeout: 5000 }).toBe(12);
    const ofGroup = (group: string) => log.filter(entry => entry.includes(group)).join(' ');
    expect(ofGroup('a')).toBe('+a1 -a1 +a2 -a2 +a3 -a3');
    expect(ofGroup('b')).toBe('+b1 -b1 +b2 -b2 +b3 -b3');
  });

  it('stops at once when idle, and only when done when busy', async () => {
    let finished = false;
    let begun = () => {};
    const beginning = new Promise<void>(resolve => {
      begun = resolve;
    });
    const { send, depth } = await queue('stopping', async () => {
      begun();
      await new Promise(resolve => setTimeout(resolve, 50));
      finished = true;
    });
    await send('x');
    await beginning;
    await source?.stop();
    expect(finished).toBe(true);
    expect(await depth()).toMatchObject({ inFlight: 0, visible: 0 });
    await send('y');
    await expect.poll(depth).toMatchObject({ visible: 1 });
  });
});
