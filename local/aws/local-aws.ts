import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Environment } from '../../aws/clients.ts';
import type { PlatformClock } from '../clock/platform-clock.ts';
import { createDynamoDb, type DynamoDb } from './dynamodb.ts';
import { meteredDynamoDb } from './dynamodb-meter.ts';
import { createEventBridge, type EventBridge, type Rule } from './event-bridge/event-bridge.ts';
import { createFauxqs, type Fauxqs } from './fauxqs.ts';
import { type Front, startFront } from './front.ts';
import { AWS_REGION } from './identity.ts';
import { createKms } from './kms.ts';
import { createFunctionHost, type FunctionHost, type Invocation } from './lambda/function-host.ts';
import { createLambda, INVOKE_PATH } from './lambda/lambda.ts';
import { onClock } from './queue-time.ts';
import { accessDenied, iamAction } from './rights.ts';
import { type AwsRequest, type AwsService, targetOperation } from './service.ts';
import { tableDefinition } from './table.ts';
import { UsageCounter } from './usage.ts';

export interface LocalAwsOptions {
  clock: PlatformClock;
  tableName: string;
  keyId: string;
  /** The voice service, which the platform brings. */
  chime: AwsService;
  /** Has this caller the right to this action, such as `dynamodb:GetItem`? */
  mayDo(caller: string, action: string): boolean;
  onInvocation(invocation: Invocation): void;
  /** Told when a service breaks down, which is a mistake of the emulator's. */
  onFault(error: unknown): void;
  onTargetError(rule: Rule, error: unknown): void;
}

export interface LocalAws {
  dynamoDb: DynamoDb;
  fauxqs: Fauxqs;
  eventBridge: EventBridge;
  host: FunctionHost;
  usage: UsageCounter;
  /** Where the services are. */
  url: string;
  /** What the SDK finds its way by, for whoever calls itself `caller`. */
  env(caller: string): Environment;
  /** Clients of the platform itself: its consumers of queues, and the voice service that reads audio. */
  sqs: SQSClient;
  s3: S3Client;
  close(): Promise<void>;
}

/** All emulated services, empty but for the table, behind one address. */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const { clock } = options;
  const usage = new UsageCounter();
  const dynamoDb = createDynamoDb();
  const table = tableDefinition(options.tableName);
  const [fauxqs] = await Promise.all([createFauxqs(), dynamoDb.run('CreateTable', table)]);
  const host = createFunctionHost({
    clock,
    onInvocation: invocation => {
      usage.noteInvocation(invocation);
      options.onInvocation(invocation);
    },
  });
  const eventBridge = createEventBridge({
    now: () => clock.now(),
    onTargetError: (rule, _event, error) => options.onTargetError(rule, error),
  });
  const front: Front = await startFront({
    services: {
      dynamodb: meteredDynamoDb(dynamoDb, table, consumed => usage.noteConsumed(consumed)),
      sqs: onClock(fauxqs, clock),
      s3: fauxqs.service,
      events: eventBridge.service,
      kms: createKms(options.keyId),
      lambda: createLambda(host),
      chime: options.chime,
    },
    refuse: request =>
      options.mayDo(request.caller, iamAction(request)) ? undefined : accessDenied(request),
    onFault: options.onFault,
    observe: call => usage.noteCall(call),
    begin: request =>
      waitsByNature(request) ? () => {} : clock.hold(`${request.service} for ${request.caller}`),
  });

  const env = (caller: string): Environment => ({
    AWS_REGION,
    AWS_ACCESS_KEY_ID: caller,
    AWS_SECRET_ACCESS_KEY: 'local',
    ...Object.fromEntries(ENDPOINTS.map(name => [`AWS_ENDPOINT_URL_${name}`, front.url])),
  });
  const config = (caller: string) => ({
    region: AWS_REGION,
    endpoint: front.url,
    credentials: { accessKeyId: caller, secretAccessKey: 'local' },
  });
  const sqs = new SQSClient({ ...config('event-source'), useQueueUrlAsEndpoint: false });
  const s3 = new S3Client({ ...config('voice-service'), forcePathStyle: true });

  return {
    dynamoDb,
    fauxqs,
    eventBridge,
    host,
    usage,
    url: front.url,
    env,
    sqs,
    s3,
    async close() {
      sqs.destroy();
      s3.destroy();
      await front.close();
      await fauxqs.close();
      await dynamoDb.close();
    },
  };
}

const ENDPOINTS = ['DYNAMODB', 'SQS', 'S3', 'EVENTBRIDGE', 'KMS', 'LAMBDA', 'CHIME_SDK_VOICE'];

/** Requests that are answered when something else has happened: they do not keep time from passing. */
function waitsByNature(request: AwsRequest): boolean {
  if (request.service === 'lambda') return INVOKE_PATH.test(request.url);
  return request.service === 'sqs' && targetOperation(request) === 'ReceiveMessage';
}
