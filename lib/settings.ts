import { RemovalPolicy, type StackProps, Token } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { MOST_TASKS } from './edge-tasks.ts';
import type { OwnVoiceService } from './voice-service.ts';

/** What a deployment may choose. Everything has a default: a stack without any props can make calls. */
export interface DialplaneSettings {
  /**
   * The first account's phone numbers, in E.164. Each must be in the AWS account's inventory already, with the
   * product type `SipMediaApplicationDialIn`. Default: none, so calls can be made from numbers of later deployments only.
   */
  readonly phoneNumbers?: readonly string[];
  /** The first account's name in the API. Default: `First account`. */
  readonly accountName?: string;
  /** Any new value makes the deployment read the first account's token from its secret again. Default: `1`. */
  readonly tokenVersion?: string;
  /** An own runtime instead of Amazon's SIP media applications. Default: Amazon's. */
  readonly voiceService?: OwnVoiceService;
  /**
   * Private networks that customers' URLs may reach all the same, as CIDR ranges. Default: none. Each range
   * that you add can be reached by every account's documents and callbacks.
   */
  readonly allowedNetworks?: readonly string[];
  /**
   * Whether there is a SIP edge: two Voice Connectors, the SIP rule of one and command queues in this stack. The edge itself is a
   * `SipEdgeStack`. Default: false.
   */
  readonly sipEdge?: boolean;
  /** How many tasks of the SIP edge there may be (1–5): the first always runs, the others as calls need them. Default: 1. */
  readonly edgeTasks?: number;
  /** API requests a second, over all accounts; more are answered with 429. Default: 50. */
  readonly apiRateLimit?: number;
  /** API requests at once, above the rate. Default: 100. */
  readonly apiBurstLimit?: number;
  /**
   * `deliver` functions at once, each with up to 10 callbacks (2–1000). Default: 10. It keeps slow customers'
   * servers from taking the concurrency that calls need (a new AWS account may have as little as 10 in all).
   */
  readonly deliverConcurrency?: number;
  /** `timer` functions at once, each with up to 10 timers (2–1000). Default: 2; the voice service takes 5 updates a second. */
  readonly timerConcurrency?: number;
  /** Days that the archive keeps call events for replay. Default: 30. */
  readonly eventArchiveDays?: number;
  /** Days until a cached copy of played audio is deleted. Default: 7. */
  readonly audioExpirationDays?: number;
  /** How long logs are kept. Default: one month. */
  readonly logRetention?: RetentionDays;
  /** The functions' least level of log lines. Default: the functions' own (`info`). */
  readonly logLevel?: string;
  /** Whether the functions send traces to X-Ray. Default: true. */
  readonly tracing?: boolean;
  /** An SNS topic that is told of alarms. Default: none, so alarms are seen in CloudWatch only. */
  readonly alarmTopicArn?: string;
  /**
   * What becomes of the table, the token key and the first account's secret when the stack is deleted.
   * Default: they are kept. `DESTROY` deletes all calls and accounts with the stack.
   */
  readonly removalPolicy?: RemovalPolicy.RETAIN | RemovalPolicy.DESTROY;
}

export interface DialplaneProps extends StackProps, DialplaneSettings {}

/** The defaults, for the settings that have a value. */
export const defaults = {
  phoneNumbers: [] as readonly string[],
  accountName: 'First account',
  tokenVersion: '1',
  allowedNetworks: [] as readonly string[],
  sipEdge: false,
  edgeTasks: 1,
  apiRateLimit: 50,
  apiBurstLimit: 100,
  deliverConcurrency: 10,
  timerConcurrency: 2,
  eventArchiveDays: 30,
  audioExpirationDays: 7,
  logRetention: RetentionDays.ONE_MONTH,
  tracing: true,
  removalPolicy: RemovalPolicy.RETAIN,
} satisfies DialplaneSettings;

/** Where Amazon's SIP media applications exist, and where they can have phone numbers. */
const applicationRegions = [
  'us-east-1',
  'us-west-2',
  'ca-central-1',
  'eu-central-1',
  'eu-west-1',
  'eu-west-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-southeast-1',
  'ap-southeast-2',
];
const numberRegions = ['us-east-1', 'us-west-2'];

/** A setting that cannot be deployed; the message says which, why, and what to do. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

const refuse = (message: string): never => {
  throw new SettingError(message);
};

/** @throws SettingError for the first setting that cannot be deployed. A Region that is not yet known passes. */
export function checkSettings(settings: DialplaneSettings, region: string): void {
  const numbers = settings.phoneNumbers ?? [];
  for (const number of numbers) {
    if (!/^\+[1-9]\d{6,14}$/.test(number)) {
      refuse(`phoneNumbers: "${number}" is not an E.164 number; write it as +12025550110.`);
    }
  }
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
  if (twice) refuse(`phoneNumbers: ${twice} is named twice; name each number once.`);
  for (const key of ['deliverConcurrency', 'timerConcurrency'] as const) {
    const value = settings[key] ?? defaults[key];
    if (!Number.isInteger(value) || value < 2 || value > 1000) {
      refuse(`${key}: ${value} is not possible; Lambda takes a whole number from 2 to 1000.`);
    }
  }
  const { edgeTasks = 1 } = settings;
  if (!Number.isInteger(edgeTasks) || edgeTasks < 1 || edgeTasks > MOST_TASKS) {
    refuse(`edgeTasks: ${edgeTasks} is not possible; choose a whole number from 1 to ${MOST_TASKS}.`);
  }
  if (settings.voiceService) {
    if (settings.sipEdge) {
      refuse('sipEdge: an own runtime has its own way to SIP; drop sipEdge or voiceService.');
    }
    if (!URL.canParse(settings.voiceService.endpoint)) {
      refuse(`voiceService.endpoint: "${settings.voiceService.endpoint}" is not a URL.`);
    }
  } else if (!Token.isUnresolved(region)) {
    if (!applicationRegions.includes(region)) {
      refuse(
        `Region ${region} has no SIP media applications: deploy to us-east-1 or us-west-2, or set voiceService.`,
      );
    }
    if (numbers.length > 0 && !numberRegions.includes(region)) {
      refuse(
        `Region ${region} has no phone numbers: deploy to us-east-1 or us-west-2, or drop phoneNumbers.`,
      );
    }
  }
}
