import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { AWS_REGION, arn } from './identity.ts';
import type { FunctionHost } from './lambda/function-host.ts';

export interface EventSourceOptions {
  sqs: SQSClient;
  queueUrl: string;
  host: FunctionHost;
  functionName: string;
  /** Messages in one invocation, at most 10. */
  batchSize: number;
  /** Invocations under way at once. Messages of one FIFO group never are: SQS gives none while one of them is in somebody's hands. */
  concurrency: number;
  /** Told when polling itself goes wrong; polling goes on. */
  onError(error: unknown): void;
}

export interface EventSource {
  /** Takes no more messages, and resolves when those taken are done with. */
  stop(): Promise<void>;
}

const LONG_POLL_SECONDS = 20;
const PAUSE_AFTER_ERROR_MS = 500;

/**
 * Lambda's SQS event source mapping, with `ReportBatchItemFailures`: long polls the queue, invokes the function with what came, and
 * deletes what it did not report as failed. What failed stays where it is until its visibility timeout, as the function left it.
 */
export function startEventSource(options: EventSourceOptions): EventSource {
  const stopping = new AbortController();
  const polling = poll(options, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await polling;
    },
  };
}

/** One poll at a time: several would all be woken by each message, and all but one for nothing. */
async function poll(options: EventSourceOptions, stopping: AbortSignal): Promise<void> {
  const underWay = new Set<Promise<void>>();
  while (!stopping.aborted) {
    try {
      const messages = await receive(options, stopping);
      // Taken but not begun when the end came: back at once, for whoever polls next.
      if (stopping.aborted) await giveBack(options, messages);
      else if (messages.length > 0) {
        const processing = process(options, messages).catch(error => {
          if (!stopping.aborted) options.onError(error);
        });
        underWay.add(processing);
        processing.then(() => underWay.delete(processing));
        if (underWay.size >= options.concurrency) await Promise.race(underWay);
      }
    } catch (error) {
      if (stopping.aborted) break;
      options.onError(error);
      await new Promise(resolve => setTimeout(resolve, PAUSE_AFTER_ERROR_MS));
    }
  }
  await Promise.all(underWay);
}

async function receive(options: EventSourceOptions, stopping: AbortSignal): Promise<Message[]> {
  const { Messages } = await options.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: options.queueUrl,
      MaxNumberOfMessages: options.batchSize,
      WaitTimeSeconds: LONG_POLL_SECONDS,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
    { abortSignal: stopping },
  );
  return Messages ?? [];
}

async function giveBack(options: EventSourceOptions, messages: Message[]): Promise<void> {
  for (const { ReceiptHandle } of messages) {
    await options.sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: options.queueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
    );
  }
}

async function process(options: EventSourceOptions, messages: Message[]): Promise<void> {
  const event: SQSEvent = { Records: messages.map(message => record(options.queueUrl, message)) };
  const invocation = await options.host.invoke(options.functionName, JSON.stringify(event));
  if (invocation.functionError !== undefined) return;
  const failed = failures(JSON.parse(invocation.payload));
  const done = failed === 'all' ? [] : messages.filter(message => !failed.has(message.MessageId ?? ''));
  if (done.length === 0) return;
  await options.sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl: options.queueUrl,
      Entries: done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
    }),
  );
}

/**
 * Ids that the function reported as failed. As in Lambda, an answer without the list is a success, and a list with an empty or missing id
 * fails the batch.
 */
function failures(answer: SQSBatchResponse | null): Set<string> | 'all' {
  const reported = answer?.batchItemFailures ?? [];
  if (!Array.isArray(reported) || reported.some(failure => !failure?.itemIdentifier)) return 'all';
  return new Set(reported.map(failure => failure.itemIdentifier));
}

function record(queueUrl: string, message: Message): SQSRecord {
  const messageAttributes: SQSRecord['messageAttributes'] = {};
  for (const [name, value] of Object.entries(message.MessageAttributes ?? {})) {
    messageAttributes[name] = {
      dataType: value.DataType ?? 'String',
      ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
      ...(value.BinaryValue === undefined
        ? {}
        : { binaryValue: Buffer.from(value.BinaryValue).toString('base64') }),
    };
  }
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: { ...message.Attributes } as unknown as SQSRecord['attributes'],
    messageAttributes,
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: arn('sqs', queueUrl.slice(queueUrl.lastIndexOf('/') + 1)),
    awsRegion: AWS_REGION,
  };
}
