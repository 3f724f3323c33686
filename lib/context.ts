import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { SipEdgeSettings } from './edge-settings.ts';
import { type DialplaneSettings, SettingError } from './settings.ts';

type Setting = Exclude<keyof DialplaneSettings, 'voiceService'>;
type Parse<T> = (text: string, key: string) => T;

const text: Parse<string> = value => value;
const list: Parse<string[]> = value => value.split(',').flatMap(item => item.trim() || []);

const number: Parse<number> = (value, key) => {
  if (/^\d+$/.test(value) && Number(value) > 0) return Number(value);
  throw new SettingError(`-c ${key}: "${value}" is not a whole number above 0.`);
};

const oneOf =
  <T>(values: Record<string, T>): Parse<T> =>
  (value, key) => {
    const found = Object.entries(values).find(([name]) => name === value);
    if (found) return found[1];
    throw new SettingError(
      `-c ${key}: "${value}" is not possible; choose one of ${Object.keys(values).join(', ')}.`,
    );
  };

const days = Object.values(RetentionDays).filter((value): value is RetentionDays => Number(value) > 0);

/** Every setting that `-c key=value` can choose, and how its text reads. */
const settings: { [Key in Setting]-?: Parse<NonNullable<DialplaneSettings[Key]>> } = {
  phoneNumbers: list,
  accountName: text,
  tokenVersion: text,
  allowedNetworks: list,
  sipEdge: oneOf({ true: true, false: false }),
  edgeTasks: number,
  apiRateLimit: number,
  apiBurstLimit: number,
  deliverConcurrency: number,
  timerConcurrency: number,
  eventArchiveDays: number,
  audioExpirationDays: number,
  logRetention: oneOf(Object.fromEntries(days.map(value => [String(value), value]))),
  logLevel: text,
  tracing: oneOf({ true: true, false: false }),
  alarmTopicArn: text,
  removalPolicy: oneOf<RemovalPolicy.RETAIN | RemovalPolicy.DESTROY>({
    retain: RemovalPolicy.RETAIN,
    destroy: RemovalPolicy.DESTROY,
  }),
};

type EdgeSetting = Exclude<keyof SipEdgeSettings, Setting>;

/** The same for the SIP edge's own. */
const edgeSettings: { [Key in EdgeSetting]-?: Parse<NonNullable<SipEdgeSettings[Key]>> } = {
  edgeNetworks: list,
  edgeCertificateSecretArn: text,
  edgeCallerNumber: text,
  edgeRtpengine: oneOf({ true: true, false: false }),
  edgeRtpengineAddress: text,
  edgeCpu: number,
  edgeCalls: number,
  edgeTargetCalls: number,
  edgeDrainSeconds: number,
};

/** Only the given ones: a setting that is absent keeps its default. */
export interface ContextSettings extends DialplaneSettings, SipEdgeSettings {
  readonly stackName: string;
}

/**
 * Reads the settings of a deployment from CDK's context.
 * @throws SettingError for the first value that does not read.
 */
export function settingsFromContext(context: (key: string) => unknown): ContextSettings {
  const read = (key: string): string | undefined => {
    const value = context(key);
    return value === undefined || value === '' ? undefined : String(value);
  };
  const chosen = Object.entries({ ...settings, ...edgeSettings }).flatMap(([key, parse]) => {
    const value = read(key);
    return value === undefined ? [] : [[key, parse(value, key)]];
  });
  const endpoint = read('voiceServiceEndpoint');
  const sipMediaApplicationId = read('sipMediaApplicationId');
  if ((endpoint === undefined) !== (sipMediaApplicationId === undefined)) {
    throw new SettingError(
      'Give -c voiceServiceEndpoint and -c sipMediaApplicationId together, or neither for Amazon’s service.',
    );
  }
  return {
    stackName: read('stackName') ?? 'Dialplane',
    ...Object.fromEntries(chosen),
    ...(endpoint && sipMediaApplicationId && { voiceService: { endpoint, sipMediaApplicationId } }),
  };
}
