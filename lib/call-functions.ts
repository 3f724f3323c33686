import { ArnFormat, Names, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { AudioBucket } from './audio-bucket.ts';
import type { CallEventBus } from './call-event-bus.ts';
import type { CallQueues } from './call-queues.ts';
import type { CallTable } from './call-table.ts';
import { DialplaneFunction, type FunctionDefaults } from './dialplane-function.ts';
import type { EdgeLink } from './edge-link.ts';
import { AmazonVoiceService, OwnRuntime, type OwnVoiceService, type VoiceService } from './voice-service.ts';

export interface CallFunctionsProps extends FunctionDefaults {
  readonly calls: CallTable;
  readonly events: CallEventBus;
  readonly queues: CallQueues;
  readonly tokenKey: IKey;
  readonly audio: AudioBucket;
  readonly voiceService?: OwnVoiceService | undefined;
  /** The way to the SIP edge, where there is one. */
  readonly edge?: EdgeLink | undefined;
  readonly allowedNetworks: readonly string[];
  readonly logLevel?: string | undefined;
  readonly deliverConcurrency: number;
  readonly timerConcurrency: number;
}

/**
 * Time limit in seconds and memory in MB, which decides how much of a CPU a function has: the handler's time is a caller's
 * silence, `fetch` decodes MP3, and `api` has 5 s for a request that places 1,000 calls, of 1.7 ms of a whole CPU each at
 * worst. What waits more than it works has little: `originate` sleeps a second over each call, to keep an account's rate.
 */
const sizes = {
  api: { timeoutSeconds: 15, memorySize: 1024 },
  'sma-handler': { timeoutSeconds: 10, memorySize: 1024 },
  fetch: { timeoutSeconds: 90, memorySize: 1024 },
  originate: { timeoutSeconds: 90, memorySize: 256 },
  deliver: { timeoutSeconds: 30, memorySize: 512 },
  timer: { timeoutSeconds: 30, memorySize: 256 },
} as const;

/** Whoever works on a call reads its item and writes it whole, or one part of it. */
const readAndWrite = ['GetItem', 'PutItem', 'UpdateItem'];

/** The functions that make calls, what each is told, and the least that each may do. */
export class CallFunctions extends Construct {
  readonly api: DialplaneFunction;
  readonly smaHandler: DialplaneFunction;
  readonly voice: VoiceService;

  constructor(scope: Construct, id: string, props: CallFunctionsProps) {
    super(scope, id);
    const { calls, events, queues, tokenKey, audio } = props;
    const TABLE_NAME = calls.table.tableName;
    const BUS_NAME = events.bus.eventBusName;
    const KEY_ID = tokenKey.keyId;
    const outbound = queues.outbound.queue;
    const callbacks = queues.callbacks.queue;
    const timers = queues.timers.queue;

    const make = (
      id: string,
      folder: keyof typeof sizes,
      description: string,
      environment: Record<string, string>,
      functionName?: string,
    ) =>
      new DialplaneFunction(this, id, {
        ...sizes[folder],
        folder,
        description: `Dialplane: ${description}`,
        environment: { ...environment, ...(props.logLevel && { LOG_LEVEL: props.logLevel }) },
        logRetention: props.logRetention,
        tracing: props.tracing,
        ...(functionName !== undefined && { functionName }),
      });
    const networks: Record<string, string> =
      props.allowedNetworks.length > 0 ? { ALLOWED_NETWORKS: props.allowedNetworks.join(',') } : {};

    // The handler calls `fetch`, which must know the SIP media application, which must know the handler. The
    // circle is cut here: the one function that has a name from this stack, so that it can be named before it exists.
    const fetchName = `${Names.uniqueResourceName(this, { maxLength: 58, separator: '-' })}-fetch`;

    this.smaHandler = make('SmaHandler', 'sma-handler', 'decides what a call does next', {
      TABLE_NAME,
      BUS_NAME,
      FETCH_FUNCTION_NAME: fetchName,
      TIMER_QUEUE_URL: timers.queueUrl,
    });
    calls.grant(this.smaHandler, ...readAndWrite);
    events.bus.grantPutEventsTo(this.smaHandler);
    timers.grantSendMessages(this.smaHandler);
    const fetchArn = { service: 'lambda', resource: 'function', resourceName: fetchName };
    this.smaHandler.allow(
      ['lambda:InvokeFunction'],
      [Stack.of(this).formatArn({ ...fetchArn, arnFormat: ArnFormat.COLON_RESOURCE_NAME })],
    );

    this.voice = props.voiceService
      ? new OwnRuntime(props.voiceService)
      : new AmazonVoiceService(this, 'Voice', { handler: this.smaHandler });

    this.api = make('Api', 'api', 'answers the HTTP API', {
      TABLE_NAME,
      BUS_NAME,
      KEY_ID,
      OUTBOUND_QUEUE_URL: outbound.queueUrl,
      TIMER_QUEUE_URL: timers.queueUrl,
      ...networks,
    });
    calls.grant(this.api, ...readAndWrite, 'BatchGetItem', 'DeleteItem');
    calls.grantQuery(this.api);
    events.bus.grantPutEventsTo(this.api);
    outbound.grantSendMessages(this.api);
    timers.grantSendMessages(this.api);
    this.api.allow(['kms:Decrypt', 'kms:Encrypt'], [tokenKey.keyArn]);
    this.voice.connect(this.api, 'UpdateSipMediaApplicationCall');

    const fetch = make(
      'Fetch',
      'fetch',
      "asks customers' servers for documents and audio",
      { TABLE_NAME, KEY_ID, AUDIO_BUCKET_NAME: audio.bucket.bucketName, ...networks },
      fetchName,
    );
    acknowledge(fetch, {
      'Serverless-LambdaDLQ':
        'A document that no call waits for is requested without waiting. It is requested once: sent again from a queue, a customer’s server would see it twice.',
    });
    calls.grant(fetch, ...readAndWrite);
    // The routes and trunks of an account whose document dials.
    calls.grantQuery(fetch);
    props.edge?.makeKnownTo(fetch);
    fetch.allow(['kms:Decrypt', 'kms:Encrypt'], [tokenKey.keyArn]);
    audio.grantCaching(fetch);
    this.voice.connect(fetch, 'UpdateSipMediaApplicationCall');

    const originate = make('Originate', 'originate', "makes queued calls at each account's rate", {
      TABLE_NAME,
      BUS_NAME,
      OUTBOUND_QUEUE_URL: outbound.queueUrl,
      TIMER_QUEUE_URL: timers.queueUrl,
    });
    calls.grant(originate, ...readAndWrite);
    events.bus.grantPutEventsTo(originate);
    timers.grantSendMessages(originate);
    this.voice.connect(originate, 'CreateSipMediaApplicationCall', 'UpdateSipMediaApplicationCall');
    originate.drain(queues.outbound);

    const deliver = make('Deliver', 'deliver', "requests customers' status callbacks", {
      TABLE_NAME,
      BUS_NAME,
      KEY_ID,
      CALLBACK_QUEUE_URL: callbacks.queueUrl,
      CALLBACK_DEAD_LETTER_QUEUE_URL: queues.callbacks.deadLetters.queueUrl,
      ...networks,
    });
    calls.grant(deliver, ...readAndWrite);
    events.bus.grantPutEventsTo(deliver);
    deliver.allow(['kms:Decrypt'], [tokenKey.keyArn]);
    queues.callbacks.deadLetters.grantSendMessages(deliver);
    deliver.drain(queues.callbacks, props.deliverConcurrency);

    const timer = make('Timer', 'timer', 'wakes calls at their time limits', {
      TABLE_NAME,
      BUS_NAME,
      TIMER_QUEUE_URL: timers.queueUrl,
    });
    calls.grant(timer, ...readAndWrite);
    events.bus.grantPutEventsTo(timer);
    this.voice.connect(timer, 'UpdateSipMediaApplicationCall');
    timer.drain(queues.timers, props.timerConcurrency);

    props.edge?.connect(this.api, this.smaHandler, originate);
  }
}
