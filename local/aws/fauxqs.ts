import { buildApp } from 'fauxqs';
import { AWS_ACCOUNT_ID } from './identity.ts';
import { type AwsRequest, type AwsResponse, type AwsService, targetOperation } from './service.ts';

export interface Fauxqs {
  /** Both SQS and S3: the emulator tells them apart by itself. */
  service: AwsService;
  /** Makes a queue and returns its path, `/<account>/<name>`: the endpoint's URL before it is the queue's URL. */
  createQueue(name: string, attributes?: Record<string, string>): Promise<string>;
  createBucket(name: string): Promise<void>;
  /** Visible messages of a queue, those in somebody's hands, and those delayed. */
  queueDepth(name: string): Promise<{ visible: number; inFlight: number; delayed: number }>;
  /** One SQS operation from inside the process, not counted as anybody's request. */
  sqs(operation: string, input: object): Promise<Record<string, unknown>>;
  /** Ends waiting long polls, too. */
  close(): Promise<void>;
}

/**
 * SQS and S3 in memory (fauxqs). Its own server would listen on every interface, so it is never asked to listen: requests are
 * injected. A receive gives at most one message of a FIFO group, where SQS may give several in their order.
 */
export async function createFauxqs(): Promise<Fauxqs> {
  const app = buildApp({ logger: false });
  await app.ready();

  async function inject(method: string, url: string, headers: object, payload: Buffer): Promise<AwsResponse> {
    const response = await app.inject({
      method: method as 'POST',
      url,
      headers: { ...headers },
      ...(payload.length > 0 ? { payload } : {}),
    });
    return {
      status: response.statusCode,
      headers: replyHeaders(response.headers),
      body: response.rawPayload,
    };
  }

  async function sqs(operation: string, input: object): Promise<Record<string, unknown>> {
    const { status, body } = await inject(
      'POST',
      '/',
      { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` },
      Buffer.from(JSON.stringify(input)),
    );
    if (status !== 200) throw new Error(`SQS ${operation} answered ${status}: ${body.toString()}`);
    return body.length === 0 ? {} : JSON.parse(body.toString());
  }

  /** A long poll that was given up gets no message: what it took is visible again at once. */
  async function giveBack(request: AwsRequest, response: AwsResponse): Promise<void> {
    const { QueueUrl } = JSON.parse(request.body.toString());
    const { Messages = [] } = JSON.parse(response.body.toString() || '{}');
    for (const { ReceiptHandle } of Messages) {
      await sqs('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
    }
  }

  return {
    // The SDK posts to the queue's URL or to the endpoint, as it is configured; the emulator only knows the latter.
    async service(request) {
      const url = request.service === 'sqs' ? '/' : request.url;
      const response = await inject(request.method, url, request.headers, request.body);
      const received = response.status === 200 && targetOperation(request) === 'ReceiveMessage';
      if (received && request.abandoned?.()) await giveBack(request, response);
      return response;
    },
    async createQueue(name, attributes = {}) {
      await sqs('CreateQueue', { QueueName: name, Attributes: attributes });
      return `/${AWS_ACCOUNT_ID}/${name}`;
    },
    async createBucket(name) {
      const { status, body } = await inject('PUT', `/${name}`, {}, Buffer.alloc(0));
      if (status !== 200) throw new Error(`S3 CreateBucket answered ${status}: ${body.toString()}`);
    },
    async queueDepth(name) {
      const { Attributes } = await sqs('GetQueueAttributes', {
        QueueUrl: `/${AWS_ACCOUNT_ID}/${name}`,
        AttributeNames: ['All'],
      });
      const count = (attribute: string) => Number((Attributes as Record<string, string>)[attribute] ?? 0);
      return {
        visible: count('ApproximateNumberOfMessages'),
        inFlight: count('ApproximateNumberOfMessagesNotVisible'),
        delayed: count('ApproximateNumberOfMessagesDelayed'),
      };
    },
    sqs,
    close: () => app.close(),
  };
}

function replyHeaders(
  headers: Record<string, string | string[] | number | undefined>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) kept[name] = String(value);
  }
  return kept;
}

const HOP_BY_HOP = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding']);
