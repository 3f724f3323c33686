import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { ApiGateway } from './api-gateway.ts';
import { AudioBucket } from './audio-bucket.ts';
import { CallEventBus } from './call-event-bus.ts';
import { CallFunctions } from './call-functions.ts';
import { CallQueues } from './call-queues.ts';
import { CallTable } from './call-table.ts';
import { CallbackRule } from './callback-rule.ts';
import { EdgeLink } from './edge-link.ts';
import { FirstAccount } from './first-account.ts';
import { PhoneNumbers } from './phone-numbers.ts';
import { checkSettings, type DialplaneProps, defaults } from './settings.ts';
import { TokenKey } from './token-key.ts';
import { amazonVoice } from './voice-service.ts';

/** Dialplane in one AWS account and Region: everything a call needs but the phone numbers themselves. */
export class DialplaneStack extends Stack {
  readonly calls: CallTable;
  readonly events: CallEventBus;
  readonly tokenKey: IKey;
  /** The way to the SIP edge, where `sipEdge` is set. */
  readonly edge: EdgeLink | undefined;

  constructor(scope: Construct, id: string, props: DialplaneProps = {}) {
    super(scope, id, { description: 'Dialplane: programmable voice', ...props });
    const settings = { ...defaults, ...props };
    checkSettings(settings, this.region);
    const { removalPolicy } = settings;

    const alarms = new Alarms(this, 'Alarms', { topicArn: settings.alarmTopicArn });
    const calls = new CallTable(this, 'Calls', { removalPolicy });
    const tokenKey = new TokenKey(this, 'TokenKey', { removalPolicy }).key;
    const events = new CallEventBus(this, 'Events', { archiveDays: settings.eventArchiveDays });
    const queues = new CallQueues(this, 'Queues', { alarms });
    new CallbackRule(this, 'CallbackRule', { events, callbacks: queues.callbacks });
    const audio = new AudioBucket(this, 'Audio', {
      expirationDays: settings.audioExpirationDays,
      playedBy: settings.voiceService ? undefined : amazonVoice,
    });

    const edge = settings.sipEdge ? new EdgeLink(this, 'Edge', { ...settings, alarms }) : undefined;
    this.calls = calls;
    this.events = events;
    this.tokenKey = tokenKey;
    this.edge = edge;

    const parts = { calls, events, queues, tokenKey, audio, edge };
    const functions = new CallFunctions(this, 'Functions', { ...settings, ...parts });
    alarms.onAny(
      'SmaHandlerErrors',
      functions.smaHandler.metricErrors({ period: Duration.minutes(1) }),
      'A call got no answer from the sma-handler: its log has the error.',
    );
    const gateway = new ApiGateway(this, 'Gateway', {
      handler: functions.api,
      rateLimit: settings.apiRateLimit,
      burstLimit: settings.apiBurstLimit,
      logRetention: settings.logRetention,
    });

    const account = new FirstAccount(this, 'FirstAccount', {
      ...settings,
      friendlyName: settings.accountName,
      calls,
      tokenKey,
    });
    const numbers = new PhoneNumbers(this, 'PhoneNumbers', {
      ...settings,
      accountSid: account.accountSid,
      calls,
      voice: functions.voice,
    });
    if (numbers.rules) edge?.leadCallsTo(functions.voice, numbers.rules);

    const output = (id: string, value: string, description: string) =>
      new CfnOutput(this, id, { value, description });
    output('ApiUrl', gateway.url, 'Where the API answers');
    output('AccountSid', account.accountSid, "The first account's SID: the user name of HTTP Basic");
    output('AuthTokenSecret', account.secret.secretName, "The secret with the first account's auth token");
    output('SipMediaApplicationId', functions.voice.sipMediaApplicationId, 'The SIP media application');
    output('EventBusName', events.bus.eventBusName, 'The bus with all call events');
    output('AudioBucketName', audio.bucket.bucketName, 'The bucket with cached audio');
    const { queue, deadLetters } = queues.callbacks;
    output('CallbackDeadLetterQueueUrl', deadLetters.queueUrl, 'Status callbacks that were given up');
    output(
      'RedriveCallbacks',
      `aws sqs start-message-move-task --source-arn ${deadLetters.queueArn} --destination-arn ${queue.queueArn}`,
      'The command that sends them again',
    );
  }
}
