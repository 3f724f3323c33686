import { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { createAccounts } from '../../aws/accounts.ts';
import { createCallRecords } from '../../aws/call-records.ts';
import { createCommandStore } from '../../aws/commands.ts';
import { createDeliveries } from '../../aws/deliveries.ts';
import { createDocumentStore } from '../../aws/documents.ts';
import { createNumbers } from '../../aws/numbers.ts';
import { createSessions } from '../../aws/sessions.ts';
import { createTable } from '../../aws/table.ts';
import { createTokens } from '../../aws/tokens.ts';
import { createToldEnds } from '../../aws/told-ends.ts';
import type { Clock } from '../../core/clock.ts';
import { systemRandom } from '../../core/random.ts';
import type { FunctionContext } from '../../lambdas/function-context.ts';
import { createDynamoDb } from '../../local/aws/dynamodb.ts';
import { type BusEvent, createEventBridge } from '../../local/aws/event-bridge/event-bridge.ts';
import { createFauxqs } from '../../local/aws/fauxqs.ts';
import { startFront } from '../../local/aws/front.ts';
import { createKms } from '../../local/aws/kms.ts';
import { type AwsRequest, type AwsResponse, targetOperation } from '../../local/aws/service.ts';
import { tableDefinition } from '../../local/aws/table.ts';

/** Time that stands still but for those who sleep: it then goes on at once. */
export class SleepyClock implements Clock {
  readonly slept: number[] = [];
  #nowMs = Date.UTC(2026, 0, 1);

  now(): number {
    return this.#nowMs;
  }

  async sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.#nowMs += ms;
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }
}

/** What the voice service answers to a request of its API: a status, and a body or the name of an error. */
export interface VoiceAnswer {
  status: number;
  body?: object;
  error?: string;
}

interface Message {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
}

/** AWS on loopback for one function under test: real SDK clients, and a record of what was asked of the services. */
export class ServiceBench {
  readonly clock = new SleepyClock();
  readonly events: BusEvent[] = [];
  readonly requests: AwsRequest[] = [];
  voice: (request: AwsRequest) => VoiceAnswer = () => ({ status: 201, body: transaction('T1') });
  readonly context: FunctionContext;
  readonly close: () => Promise<void>;
  /** Makes a queue, if there is none of the name. @returns its URL */
  readonly queue: (name: string) => Promise<string>;
  /** What was received beside the message that was meant: others' of the same moment, or held back a while ago on the machine's own clock. */
  readonly #taken = new Map<string, Message>();
  readonly #sqs: (operation: string, input: object) => Promise<Record<string, unknown>>;

  private constructor(
    context: Omit<FunctionContext, 'clock'>,
    sqs: (operation: string, input: object) => Promise<Record<string, unknown>>,
    queue: (name: string) => Promise<string>,
    close: () => Promise<void>,
  ) {
    this.context = { ...context, clock: this.clock };
    this.#sqs = sqs;
    this.queue = queue;
    this.close = close;
  }

  static async start(): Promise<ServiceBench> {
    let bench: ServiceBench;
    const dynamoDb = createDynamoDb();
    const [fauxqs] = await Promise.all([
      createFauxqs(),
      dynamoDb.run('CreateTable', tableDefinition('calls')),
    ]);
    const eventBridge = createEventBridge({ now: () => bench.clock.now(), onTargetError: () => {} });
    eventBridge.createBus('calls');
    eventBridge.putRule({
      busName: 'calls',
      name: 'all',
      pattern: { source: [{ exists: true }] },
      target: event => bench.events.push(event),
    });
    const front = await startFront({
      services: {
        dynamodb: dynamoDb.service,
        sqs: fauxqs.service,
        s3: fauxqs.service,
        events: eventBridge.service,
        kms: createKms('token-key'),
        chime: async request => voiceResponse(bench.voice(request)),
      },
      observe: ({ request }) => void bench.requests.push(request),
    });
    await fauxqs.createBucket('audio');
    const queue = async (name: string) => front.url + (await fauxqs.createQueue(name));
    const services = ['DYNAMODB', 'SQS', 'S3', 'EVENTBRIDGE', 'KMS', 'LAMBDA', 'CHIME_SDK_VOICE'];
    const env = {
      LOG_LEVEL: 'silent',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'function',
      AWS_SECRET_ACCESS_KEY: 'secret',
      ...Object.fromEntries(services.map(name => [`AWS_ENDPOINT_URL_${name}`, front.url])),
      TABLE_NAME: 'calls',
      BUS_NAME: 'calls',
      KEY_ID: 'token-key',
      AUDIO_BUCKET_NAME: 'audio',
      SIP_MEDIA_APPLICATION_ID: 'an-application',
      OUTBOUND_QUEUE_URL: await queue('outbound'),
      CALLBACK_QUEUE_URL: await queue('callbacks'),
      CALLBACK_DEAD_LETTER_QUEUE_URL: await queue('dead-letters'),
      TIMER_QUEUE_URL: await queue('timers'),
      FETCH_FUNCTION_NAME: 'fetch',
      ALLOWED_NETWORKS: '127.0.0.0/8',
    };
    bench = new ServiceBench({ env, random: systemRandom }, fauxqs.sqs, queue, async () => {
      await front.close();
      await fauxqs.close();
      await dynamoDb.close();
    });
    return bench;
  }

  get stores() {
    const table = createTable(this.context.env);
    return {
      table,
      sessions: createSessions(table),
      calls: createCallRecords(table),
      documents: createDocumentStore(table),
      commands: createCommandStore(table),
      deliveries: createDeliveries(table),
      numbers: createNumbers(table),
      toldEnds: createToldEnds(table),
      accounts: createAccounts(table, createTokens(this.context.env, this.clock)),
    };
  }

  /** Puts a message into a queue and takes it out again, as the event source of a function would. */
  async received(queue: 'outbound' | 'callbacks' | 'timers', body: object, receives = 1): Promise<SQSRecord> {
    const QueueUrl = `/000000000000/${queue}`;
    const sent = await this.#sqs('SendMessage', { QueueUrl, MessageBody: JSON.stringify(body) });
    const { Messages = [] } = (await this.#sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 })) as {
      Messages?: Message[];
    };
    for (const each of Messages) this.#taken.set(each.MessageId, each);
    const message = this.#taken.get(String(sent['MessageId']));
    if (message === undefined) throw new Error(`The message is not in ${queue}.`);
    return {
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: { ApproximateReceiveCount: String(receives) },
    } as SQSRecord;
  }

  /** Every message of a queue, taken out. */
  async messages(queue: string): Promise<unknown[]> {
    const QueueUrl = `/000000000000/${queue}`;
    const { Messages = [] } = (await this.#sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 })) as {
      Messages?: { Body: string }[];
    };
    return Messages.map(({ Body }) => JSON.parse(Body));
  }

  /** The times for which messages were asked to be held back since the last look, in seconds. */
  heldBack(): number[] {
    return this.requests
      .splice(0)
      .filter(
        request => targetOperation(request) === ChangeMessageVisibilityCommand.name.replace('Command', ''),
      )
      .map(({ body }) => JSON.parse(body.toString()).VisibilityTimeout);
  }
}

export const transaction = (TransactionId: string) => ({ SipMediaApplicationCall: { TransactionId } });

function voiceResponse({ status, body = {}, error }: VoiceAnswer): AwsResponse {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      ...(error !== undefined && { 'x-amzn-errortype': error }),
    },
    body: JSON.stringify(body),
  };
}
