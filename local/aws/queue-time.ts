import { createHash, randomUUID } from 'node:crypto';
import type { Timer } from '../../sma/clock.ts';
import type { PlatformClock } from '../clock/platform-clock.ts';
import type { Fauxqs } from './fauxqs.ts';
import {
  type AwsRequest,
  type AwsResponse,
  type AwsService,
  jsonResponse,
  targetOperation,
} from './service.ts';

/** The longest that SQS lets a message be invisible: the emulator's own clock, which is the machine's, must never get there. */
const LONGEST_SECONDS = 43_200;
const CONTENT_TYPE = 'application/x-amz-json-1.0';

/**
 * The same SQS with delays and visibility timeouts on another clock. The emulator knows the machine's time only, so a delayed message is sent to
 * it when its delay is over, and a received one is made visible again when its timeout is.
 */
export function onClock(fauxqs: Fauxqs, clock: PlatformClock): AwsService {
  const hidden = new Map<string, Timer>();

  /** Something that a timer does to a queue: time waits for it. */
  function act(operation: string, input: object): void {
    const release = clock.hold(`SQS ${operation}`);
    // A queue or message that is gone by now has no use for it.
    fauxqs.sqs(operation, input).then(release, release);
  }

  /** Shows a received message again when its time is over, unless it is deleted before. */
  function hide(queueUrl: string, receiptHandle: string, seconds: number): void {
    hidden.get(receiptHandle)?.cancel();
    const timer = clock.after(seconds * 1000, () => {
      hidden.delete(receiptHandle);
      act('ChangeMessageVisibility', {
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: 0,
      });
    });
    hidden.set(receiptHandle, timer);
  }

  function forget(receiptHandle: string): void {
    hidden.get(receiptHandle)?.cancel();
    hidden.delete(receiptHandle);
  }

  async function visibilitySeconds(queueUrl: string): Promise<number> {
    const input = { QueueUrl: queueUrl, AttributeNames: ['VisibilityTimeout'] };
    const { Attributes } = await fauxqs.sqs('GetQueueAttributes', input);
    return Number((Attributes as Record<string, string> | undefined)?.['VisibilityTimeout'] ?? 30);
  }

  const operations: Record<string, (request: AwsRequest, input: Input) => Promise<AwsResponse>> = {
    async SendMessage(request, input) {
      const { DelaySeconds: delay = 0, ...message } = input;
      // A FIFO queue refuses a delay, and the emulator says so.
      if (delay === 0 || message.MessageGroupId !== undefined) return fauxqs.service(request);
      const check = await fauxqs.service(
        withBody(request, { QueueUrl: input.QueueUrl }, 'GetQueueAttributes'),
      );
      if (check.status !== 200) return check;
      clock.after(delay * 1000, () => act('SendMessage', message));
      const MD5OfMessageBody = createHash('md5').update(input.MessageBody).digest('hex');
      return jsonResponse(200, { MessageId: randomUUID(), MD5OfMessageBody }, CONTENT_TYPE);
    },

    async ReceiveMessage(request, input) {
      const response = await fauxqs.service(
        withBody(request, { ...input, VisibilityTimeout: LONGEST_SECONDS }),
      );
      if (response.status !== 200 || request.abandoned?.()) return response;
      const { Messages = [] } = JSON.parse(response.body.toString() || '{}');
      if (Messages.length === 0) return response;
      const seconds = input.VisibilityTimeout ?? (await visibilitySeconds(input.QueueUrl));
      for (const { ReceiptHandle } of Messages) hide(input.QueueUrl, ReceiptHandle, seconds);
      return response;
    },

    async ChangeMessageVisibility(request, input) {
      const { QueueUrl, ReceiptHandle, VisibilityTimeout: seconds = 0 } = input;
      const settable = seconds > 0 && seconds <= LONGEST_SECONDS;
      const response = await fauxqs.service(
        withBody(request, { ...input, VisibilityTimeout: settable ? LONGEST_SECONDS : seconds }),
      );
      if (response.status !== 200) return response;
      if (settable) hide(QueueUrl, ReceiptHandle, seconds);
      else forget(ReceiptHandle);
      return response;
    },

    async DeleteMessage(request, input) {
      forget(input.ReceiptHandle);
      return fauxqs.service(request);
    },

    async DeleteMessageBatch(request, input) {
      for (const { ReceiptHandle } of input.Entries ?? []) forget(ReceiptHandle);
      return fauxqs.service(request);
    },
  };

  return async request => {
    const name = targetOperation(request);
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation === undefined) return fauxqs.service(request);
    return operation(request, JSON.parse(request.body.toString()));
  };
}

interface Input {
  QueueUrl: string;
  MessageBody: string;
  MessageGroupId?: string;
  DelaySeconds?: number;
  ReceiptHandle: string;
  VisibilityTimeout?: number;
  Entries?: { ReceiptHandle: string }[];
}

/** The same request with another body, or for another operation. */
function withBody(request: AwsRequest, input: object, operation = targetOperation(request)): AwsRequest {
  const body = Buffer.from(JSON.stringify(input));
  return {
    ...request,
    headers: {
      ...request.headers,
      'x-amz-target': `AmazonSQS.${operation}`,
      'content-length': String(body.length),
    },
    body,
  };
}
