import { isIPv4 } from 'node:net';
import { Token } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { SettingError } from './settings.ts';
import { voiceConnectorNetworks } from './voice-connector-networks.ts';

/** What a deployment of the SIP edge may choose. */
export interface SipEdgeSettings {
  /**
   * Who may send SIP to the edge, besides the Voice Connector, as IPv4 CIDR ranges. Default: everybody, because whoever
   * was called must be able to hang up. With a list, only these can be called and end their calls.
   */
  readonly edgeNetworks?: readonly string[];
  /** A secret of Secrets Manager with `certificate` and `privateKey`, PEM. Default: none, and no TLS listener. */
  readonly edgeCertificateSecretArn?: string;
  /** Who calls, in E.164, for calls that begin at an endpoint without a number. Default: a number that nobody has. */
  readonly edgeCallerNumber?: string;
  /** `host:port` of an own rtpengine, for G722, G729, Opus and SRTP. Default: none, and such lists are refused. */
  readonly edgeRtpengineAddress?: string;
  /** Brings an rtpengine along, in the edge's task. Default: false. */
  readonly edgeRtpengine?: boolean;
  /** CPU units of each edge's task: 256, 512, 1024 or 2048. Default: 512. */
  readonly edgeCpu?: number;
  /** Calls that each edge carries at once; more get 503. Default: 1,000, for which it has ports for media. */
  readonly edgeCalls?: number;
  /** Calls of each edge beyond which the next one comes, where there may be several. Default: six tenths of `edgeCalls`. */
  readonly edgeTargetCalls?: number;
  /** Seconds that live calls may go on when the edge is replaced, before the new one takes them over. Default: 10. */
  readonly edgeDrainSeconds?: number;
  /** Private networks whose hosts may be called. Default: none. */
  readonly allowedNetworks?: readonly string[];
  readonly logRetention?: RetentionDays;
  readonly logLevel?: string;
  readonly alarmTopicArn?: string;
}

/** Memory in MB that Fargate offers for these CPU units. */
export const memoryFor: Readonly<Record<number, number>> = { 256: 512, 512: 1024, 1024: 2048, 2048: 4096 };

const isNetwork = (text: string): boolean => {
  const [address = '', bits = '', ...rest] = text.split('/');
  return isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32 && rest.length === 0;
};

/** What one process takes. */
const MOST_CALLS = 20_000;
/** The edge's relay has four ports for each. */
export const CALLS = 1_000;
const TARGET = 0.6;

export const targetCalls = ({ edgeCalls = CALLS, edgeTargetCalls }: SipEdgeSettings): number =>
  edgeTargetCalls ?? Math.ceil(edgeCalls * TARGET);
/** ECS ends a task of Fargate two minutes after it was asked to stop. */
const MOST_DRAIN_SECONDS = 110;

/**
 * @returns the networks of the Region's Voice Connectors
 * @throws SettingError for the first setting that cannot be deployed
 */
export function checkEdge(settings: SipEdgeSettings, region: string): readonly string[] {
  const refuse = (message: string): never => {
    throw new SettingError(message);
  };
  const wrong = settings.edgeNetworks?.find(network => !isNetwork(network));
  if (wrong !== undefined)
    refuse(`edgeNetworks: "${wrong}" is not an IPv4 network; write it as 192.0.2.0/24.`);
  const {
    edgeCallerNumber,
    edgeCpu,
    edgeDrainSeconds,
    edgeCalls = CALLS,
    edgeTargetCalls = 1,
    edgeRtpengine,
    edgeRtpengineAddress,
  } = settings;
  if (edgeCallerNumber !== undefined && !/^\+[1-9]\d{6,14}$/.test(edgeCallerNumber)) {
    refuse(`edgeCallerNumber: "${edgeCallerNumber}" is not an E.164 number; write it as +12025550110.`);
  }
  if (edgeCpu !== undefined && memoryFor[edgeCpu] === undefined) {
    refuse(`edgeCpu: ${edgeCpu} is not possible; choose one of ${Object.keys(memoryFor).join(', ')}.`);
  }
  if (edgeDrainSeconds !== undefined && edgeDrainSeconds > MOST_DRAIN_SECONDS) {
    refuse(`edgeDrainSeconds: ${edgeDrainSeconds} is not possible; Fargate waits for ${MOST_DRAIN_SECONDS}.`);
  }
  if (!Number.isInteger(edgeCalls) || edgeCalls < 1 || edgeCalls > MOST_CALLS) {
    refuse(`edgeCalls: ${edgeCalls} is not possible; choose a whole number from 1 to ${MOST_CALLS}.`);
  }
  if (!Number.isInteger(edgeTargetCalls) || edgeTargetCalls < 1 || edgeTargetCalls > edgeCalls) {
    refuse(
      `edgeTargetCalls: ${edgeTargetCalls} is not possible; choose a whole number from 1 to edgeCalls, ${edgeCalls}.`,
    );
  }
  if (edgeRtpengine && edgeRtpengineAddress !== undefined) {
    refuse(
      'edgeRtpengine brings an rtpengine along, and edgeRtpengineAddress names another one: set one of them.',
    );
  }
  if (Token.isUnresolved(region)) {
    refuse(
      'The SIP edge needs to know its Region, for the networks of the voice service: set CDK_DEFAULT_REGION.',
    );
  }
  return voiceConnectorNetworks[region] ?? refuse(`Region ${region} has no Voice Connectors.`);
}
