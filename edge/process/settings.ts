import type { Environment } from '../../aws/clients.ts';
import { parseIp, parseNetwork } from '../../core/network/ip.ts';
import type { PortRange } from '../../rtp/ports.ts';
import type { Log } from '../log.ts';
import { engineAddress } from '../media/edge-media.ts';

type Level = Parameters<Log>[0];

/** Where the certificate of the TLS listener comes from. */
export type CertificateSource =
  /** A secret of Secrets Manager: JSON with `certificate` and `privateKey`, both PEM. */
  { readonly secretArn: string } | { readonly certificateFile: string; readonly keyFile: string };

/** What the deployed edge is told. */
export interface ProcessSettings {
  readonly name: string;
  /** What its metrics are told apart by from those of other deployments in the AWS account. */
  readonly deployment: string;
  readonly listenAddress: string;
  /** UDP and TCP, for everybody or, where there is an `insidePort`, for the world. 0: any free one. */
  readonly sipPort: number;
  /** UDP and TCP for the Voice Connector alone; without it the others serve it too. */
  readonly insidePort: number | undefined;
  readonly tlsPort: number;
  /** Without it there is no TLS listener. */
  readonly certificate: CertificateSource | undefined;
  /** How others reach it, outside a NAT: a public IP address, or a name. */
  readonly advertisedAddress: string | undefined;
  readonly insideNetworks: readonly string[];
  readonly allowedNetworks: readonly string[];
  /** `host` or `host:port`; without it no call begins at an endpoint. */
  readonly voiceConnectorHost: string | undefined;
  /** The connector that is told to take our calls; undefined: its operator does that. */
  readonly voiceConnectorId: string | undefined;
  /** Addresses of ours that the connector leads its calls to, the first preferred; none: its operator does that. */
  readonly originationHosts: readonly string[];
  /** The connector that takes calls to the telephone network: `host` or `host:port`; without it no number is called. */
  readonly telephoneConnectorHost: string | undefined;
  /** As `voiceConnectorId`. */
  readonly telephoneConnectorId: string | undefined;
  /** Where our calls come from; undefined: to be found out. */
  readonly publicAddress: string | undefined;
  /** UDP ports of the edge's own media relay; without them there is none. */
  readonly mediaPorts: PortRange | undefined;
  /** Where an rtpengine takes commands; without it there is none. */
  readonly rtpengine: string | undefined;
  /** E.164. */
  readonly callerNumber: string;
  readonly followRedirects: boolean;
  /** Where `/healthz` answers; nowhere without it. */
  readonly healthPort: number | undefined;
  /** Dials in hand at once; undefined: as many as an edge takes by itself. */
  readonly maxCalls: number | undefined;
  /** When it takes no new calls because others have room for them; undefined: never. */
  readonly rest: RestBounds | undefined;
  readonly drainSeconds: number;
  /** What becomes of bridges that outlive the drain. */
  readonly afterwards: Afterwards;
  /** Lines below it are not written. */
  readonly logLevel: Level | 'silent';
}

/** Calls of all edges together. What lies between changes nothing. */
export interface RestBounds {
  /** With fewer, the edge takes no new calls… */
  readonly belowCalls: number;
  /** …until there are more than that. */
  readonly aboveCalls: number;
}

export type Afterwards = 'hang-up' | 'hand-over';

/** A variable that the edge cannot start with; the message says which, why, and what to do. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** Read by the clients of AWS, and looked at here so that what is missing is told at once. */
const NEEDED = ['TABLE_NAME', 'BUS_NAME', 'KEY_ID'];
const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
const MOST_CALLS = 20_000;
const AFTERWARDS = ['hang-up', 'hand-over'] as const;
/** A number that nobody has: who calls, for a caller that has no number. */
const SYNTHETIC_CALLER = '+12025550199';
export const EVERYWHERE = '0.0.0.0';
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?$/;

/** @throws SettingError for the first variable that is missing or does not read */
export function readSettings(env: Environment): ProcessSettings {
  for (const name of NEEDED) needed(env, name);
  const settings = {
    name: matching(env, 'EDGE_NAME', 'edge', /^[\w.-]{1,64}$/, 'up to 64 letters, digits, - _ or .'),
    deployment: matching(
      env,
      'DEPLOYMENT',
      'dialplane',
      /^[\w.-]{1,128}$/,
      'up to 128 letters, digits, - _ or .',
    ),
    listenAddress: env['EDGE_ADDRESS'] || EVERYWHERE,
    sipPort: port(env, 'SIP_PORT') ?? 5060,
    insidePort: port(env, 'INSIDE_PORT'),
    tlsPort: port(env, 'TLS_PORT') ?? 5061,
    certificate: certificateSource(env),
    advertisedAddress: env['ADVERTISED_ADDRESS'] || undefined,
    insideNetworks: networks(env, 'EDGE_INSIDE_NETWORKS'),
    allowedNetworks: networks(env, 'ALLOWED_NETWORKS'),
    voiceConnectorHost: host(env, 'VOICE_CONNECTOR_HOST'),
    voiceConnectorId: env['VOICE_CONNECTOR_ID'] || undefined,
    originationHosts: listed(env, 'ORIGINATION_HOSTS'),
    telephoneConnectorHost: host(env, 'TELEPHONE_CONNECTOR_HOST'),
    telephoneConnectorId: env['TELEPHONE_CONNECTOR_ID'] || undefined,
    publicAddress: env['PUBLIC_ADDRESS'] || undefined,
    mediaPorts: mediaPorts(env),
    rtpengine: rtpengine(env),
    callerNumber: matching(
      env,
      'CALLER_NUMBER',
      SYNTHETIC_CALLER,
      /^\+[1-9]\d{6,14}$/,
      'an E.164 number such as +12025550110',
    ),
    followRedirects: oneOf(env, 'FOLLOW_REDIRECTS', 'false', ['true', 'false']) === 'true',
    healthPort: port(env, 'HEALTH_PORT'),
    maxCalls: wholeNumber(env, 'MAX_CALLS', MOST_CALLS),
    rest: restBounds(env),
    drainSeconds: wholeNumber(env, 'DRAIN_SECONDS', 86_400) ?? 60,
    afterwards: oneOf(env, 'AFTERWARDS', 'hang-up', AFTERWARDS),
    logLevel: oneOf(env, 'LOG_LEVEL', 'info', LEVELS),
  };
  if (settings.insideNetworks.length === 0) {
    throw new SettingError(
      'EDGE_INSIDE_NETWORKS is not set: name the networks of the Voice Connector as 198.51.100.0/24, separated by commas.',
    );
  }
  if (settings.publicAddress !== undefined && parseIp(settings.publicAddress) === undefined) {
    throw new SettingError(`PUBLIC_ADDRESS: "${settings.publicAddress}" is not an IP address.`);
  }
  if (settings.advertisedAddress === undefined && settings.listenAddress === EVERYWHERE) {
    throw new SettingError(
      'ADVERTISED_ADDRESS is not set: name the public address, which stands in Via and Contact, or one EDGE_ADDRESS to listen at.',
    );
  }
  return settings;
}

function needed(env: Environment, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new SettingError(`${name} is not set, and the SIP edge cannot start without it.`);
}

function matching(env: Environment, name: string, byDefault: string, form: RegExp, wanted: string): string {
  const value = env[name];
  if (!value) return byDefault;
  if (form.test(value)) return value;
  throw new SettingError(`${name}: "${value}" is not ${wanted}.`);
}

const host = (env: Environment, name: string) =>
  matching(env, name, '', HOST, 'a host name, with a port if it is not 5060') || undefined;

function wholeNumber(env: Environment, name: string, most: number): number | undefined {
  const wanted = `a whole number from 0 to ${most}`;
  const text = matching(env, name, '', /^\d{1,6}$/, wanted);
  if (text === '') return undefined;
  if (Number(text) <= most) return Number(text);
  throw new SettingError(`${name}: "${text}" is not ${wanted}.`);
}

const port = (env: Environment, name: string) => wholeNumber(env, name, 65_535);

function oneOf<T extends string>(env: Environment, name: string, byDefault: T, values: readonly T[]): T {
  const value = env[name] || byDefault;
  const found = values.find(each => each === value);
  if (found) return found;
  throw new SettingError(`${name}: "${value}" is not possible; choose one of ${values.join(', ')}.`);
}

const listed = (env: Environment, name: string): string[] =>
  (env[name] ?? '').split(',').flatMap(item => item.trim() || []);

function networks(env: Environment, name: string): string[] {
  const named = listed(env, name);
  const wrong = named.find(item => parseNetwork(item) === undefined);
  if (wrong === undefined) return named;
  throw new SettingError(`${name}: "${wrong}" is not a network; write it as 10.1.0.0/16.`);
}

/** Of all edges of a deployment. */
const MOST_CALLS_OF_ALL = 100_000;

function restBounds(env: Environment): RestBounds | undefined {
  const belowCalls = wholeNumber(env, 'REST_BELOW_CALLS', MOST_CALLS_OF_ALL);
  const aboveCalls = wholeNumber(env, 'WAKE_ABOVE_CALLS', MOST_CALLS_OF_ALL);
  if (belowCalls === undefined && aboveCalls === undefined) return undefined;
  if (belowCalls !== undefined && aboveCalls !== undefined && belowCalls <= aboveCalls)
    return { belowCalls, aboveCalls };
  throw new SettingError(
    'Set REST_BELOW_CALLS and WAKE_ABOVE_CALLS together, the second not below the first; or neither.',
  );
}

/** Four for one call. */
const FEWEST_PORTS = 4;

function mediaPorts(env: Environment): PortRange | undefined {
  const text = matching(env, 'MEDIA_PORTS', '', /^\d{1,5}-\d{1,5}$/, 'a range of ports such as 20000-23999');
  if (text === '') return undefined;
  const [least = 0, most = 0] = text.split('-').map(Number);
  if (least > 0 && most < 65_536 && most - least + 1 >= FEWEST_PORTS) return { least, most };
  throw new SettingError(`MEDIA_PORTS: "${text}" is not a range of ports such as 20000-23999.`);
}

function rtpengine(env: Environment): string | undefined {
  const address = env['RTPENGINE_ADDRESS'];
  if (!address) return undefined;
  try {
    engineAddress(address);
    return address;
  } catch (cause) {
    throw new SettingError(
      `RTPENGINE_ADDRESS: "${address}" is not a host and a port such as 127.0.0.1:22222.`,
      { cause },
    );
  }
}

function certificateSource(env: Environment): CertificateSource | undefined {
  const { TLS_SECRET_ARN: secretArn, TLS_CERTIFICATE_FILE: certificateFile, TLS_KEY_FILE: keyFile } = env;
  if (!certificateFile !== !keyFile) {
    throw new SettingError('Set TLS_CERTIFICATE_FILE and TLS_KEY_FILE together, or neither.');
  }
  if (secretArn && certificateFile) {
    throw new SettingError('Set TLS_SECRET_ARN or TLS_CERTIFICATE_FILE, not both.');
  }
  if (certificateFile && keyFile) return { certificateFile, keyFile };
  return secretArn ? { secretArn } : undefined;
}
