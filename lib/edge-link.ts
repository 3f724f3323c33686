import { Duration, Names, Stack } from 'aws-cdk-lib';
import { CfnVoiceConnector } from 'aws-cdk-lib/aws-chime';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import type { DialplaneFunction } from './dialplane-function.ts';
import { type EdgeTask, edgeTasks } from './edge-tasks.ts';
import type { Provider } from './provider.ts';
import type { VoiceService } from './voice-service.ts';
import { WorkQueue } from './work-queue.ts';

/** A command is worth nothing when its token has expired, after a minute. */
const STALE_SECONDS = 30;

export interface EdgeLinkProps {
  readonly alarms: Alarms;
  readonly edgeTasks: number;
}

/**
 * The way between the voice service and the SIP edge: a Voice Connector that carries calls in both directions, another one
 * for calls to the telephone network, since whatever comes to the first is the SIP media application's, and the queue of
 * commands. Where there are several edges, the other connector also leads calls for clients to the first edge, which has their
 * connections. It is in the functions' stack because they name both; the edge's own stack comes after it.
 */
export class EdgeLink extends Construct {
  /** How many edges there may be. */
  readonly tasks: readonly EdgeTask[];
  /** Commands that any edge may carry out. */
  readonly commands: WorkQueue;
  /** Those for one edge alone, by its name; none where there is but one edge. */
  readonly ownCommands: ReadonlyMap<string, WorkQueue>;
  readonly voiceConnectorId: string;
  readonly voiceConnectorArn: string;
  /** Where calls enter the voice service. */
  readonly voiceConnectorHost: string;
  readonly telephoneConnectorId: string;
  readonly telephoneConnectorArn: string;
  /** Where calls to phone numbers enter: no SIP rule names it. */
  readonly telephoneConnectorHost: string;

  constructor(scope: Construct, id: string, { alarms, edgeTasks: count }: EdgeLinkProps) {
    super(scope, id);
    const queueOf = (queueId: string, holds: string) =>
      new WorkQueue(this, queueId, {
        holds,
        visibilityTimeout: Duration.seconds(15),
        maxReceiveCount: 5,
        alarms,
      });
    this.tasks = edgeTasks(count);
    this.commands = queueOf('EdgeCommands', "The SIP edge's commands");
    this.ownCommands = new Map(
      count === 1
        ? []
        : this.tasks.map(({ name, place }) => [
            name,
            queueOf(`Edge${place}Commands`, `The commands for ${name} alone`),
          ]),
    );
    alarms.above(
      'EdgeCommandsWait',
      this.commands.queue.metricApproximateAgeOfOldestMessage({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      STALE_SECONDS,
      'The SIP edge does not take its commands: calls to SIP endpoints are not made. See whether it runs.',
    );
    const connector = this.#connector('Connector');
    const telephone = this.#connector('Telephone');
    this.telephoneConnectorId = telephone.attrVoiceConnectorId;
    this.telephoneConnectorArn = telephone.attrVoiceConnectorArn;
    this.telephoneConnectorHost = telephone.attrOutboundHostName;
    this.voiceConnectorId = connector.attrVoiceConnectorId;
    this.voiceConnectorArn = connector.attrVoiceConnectorArn;
    this.voiceConnectorHost = connector.attrOutboundHostName;
  }

  #connector(id: string): CfnVoiceConnector {
    return new CfnVoiceConnector(this, id, {
      // The service requires a name but does not tell connectors apart by it.
      name: `${Names.uniqueResourceName(this, { maxLength: 200, separator: '-' })}-${id}`,
      awsRegion: Stack.of(this).region,
      // Encrypted means SRTP as well, which only an edge with a media relay could answer.
      requireEncryption: false,
    });
  }

  /** Lets functions send calls to the edge, and commands. */
  connect(...functions: DialplaneFunction[]): void {
    const { queue } = this.commands;
    const own = [...this.ownCommands];
    this.makeKnownTo(...functions);
    for (const each of functions) {
      each.addEnvironment('EDGE_COMMAND_QUEUE_URL', queue.queueUrl);
      if (own.length > 0) {
        each.addEnvironment('EDGE_OWN_QUEUE_URLS', this.ownQueueUrls(Stack.of(this)));
        each.addEnvironment('EDGE_CLIENTS_CONNECTOR_ARN', this.telephoneConnectorArn);
      }
      each.allow(
        ['sqs:SendMessage'],
        [queue.queueArn, ...own.map(([, commands]) => commands.queue.queueArn)],
      );
    }
  }

  /** Each edge's own queue by its name, as JSON for a template of that stack. */
  ownQueueUrls(stack: Stack): string {
    const urls = [...this.ownCommands].map(([name, { queue }]) => [name, queue.queueUrl]);
    return stack.toJsonString(Object.fromEntries(urls));
  }

  /** Tells functions that there is an edge, and nothing more. */
  makeKnownTo(...functions: DialplaneFunction[]): void {
    for (const each of functions) each.addEnvironment('EDGE_VOICE_CONNECTOR_ARN', this.voiceConnectorArn);
  }

  /** Calls that come to the connector's host name are the SIP media application's. */
  leadCallsTo(voice: VoiceService, rules: Provider): void {
    const { stackName, region } = Stack.of(this);
    rules.provide(this, 'Rule', 'SipRule', {
      Name: `${stackName}-${region}-edge`,
      HostName: this.voiceConnectorHost,
      SipMediaApplicationId: voice.sipMediaApplicationId,
      AwsRegion: region,
    });
  }
}
