/** SIP trunks in this API's JSON. */
import { isIPv6 } from 'node:net';
import * as z from 'zod';
import { parseNetwork } from '../../core/network.ts';
import { isNumberPattern, PATTERN_WORDS } from '../../core/number-pattern.ts';
import type { TrunkRequest } from '../../core/operation.ts';
import { headerFault } from '../../core/sip-header.ts';
import { CODECS, SIP_TRANSPORTS } from '../../core/sip-target.ts';
import {
  MAX_CREDENTIAL_CHARACTERS,
  MAX_INBOUND_NETWORKS,
  MAX_TRUNK_CALLER_IDS,
  MAX_TRUNK_HEADERS,
  TRUNK_NAME,
  type Trunk,
} from '../../core/trunk.ts';
import { DATES, list, READ_ONLY, text, time } from './body.ts';

/** Wider networks than these let half the Internet in. */
export const MIN_PREFIX = { ipv4: 16, ipv6: 32 } as const;

const NAME_WORDS = 'must have 1 to 32 lower-case letters, digits or hyphens, and not begin with a hyphen';
export const trunkName = z.string(NAME_WORDS).regex(TRUNK_NAME, NAME_WORDS);

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::([1-9]\d{0,4}))?$/i;
const HOST_WORDS =
  'must be a host name or an address, perhaps with a port: sip.example.com, 192.0.2.1:5060, [2001:db8::1]:5061';
const host = z.string(HOST_WORDS).refine(value => parseHost(value) !== undefined, HOST_WORDS);

const CODEC_WORDS = `must be a list of different ones of ${CODECS.join(', ')}`;
const codecs = z
  .array(z.enum(CODECS, CODEC_WORDS), CODEC_WORDS)
  .min(1, CODEC_WORDS)
  .refine(names => new Set(names).size === names.length, CODEC_WORDS);

const headers = z
  .record(z.string(), z.string('must be a text'), 'must be an object of header names and texts')
  .superRefine((map, context) => {
    const names = Object.keys(map);
    if (names.length > MAX_TRUNK_HEADERS)
      context.addIssue({ code: 'custom', message: `must have at most ${MAX_TRUNK_HEADERS} headers` });
    for (const [name, value] of Object.entries(map)) {
      const twin = names.find(other => other !== name && other.toLowerCase() === name.toLowerCase());
      const fault =
        headerFault(name, value) ?? (twin === undefined ? undefined : `is the same header as ${twin}`);
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault, path: [name] });
    }
  });

const pattern = z.string(PATTERN_WORDS).refine(isNumberPattern, PATTERN_WORDS);

const NETWORK_WORDS = `must be an address, or a network of at least /${MIN_PREFIX.ipv4} (IPv6: /${MIN_PREFIX.ipv6}) such as 198.51.100.0/24`;
const network = z.string(NETWORK_WORDS).refine(value => {
  const parsed = parseNetwork(value);
  return parsed !== undefined && parsed.prefix >= MIN_PREFIX[parsed.family];
}, NETWORK_WORDS);

const credentials = z.strictObject(
  {
    username: text(MAX_CREDENTIAL_CHARACTERS).min(1, 'must not be empty'),
    password: text(MAX_CREDENTIAL_CHARACTERS).min(1, 'must not be empty').optional(),
  },
  'must be an object with username and password',
);

const settings = {
  host,
  transport: z.enum(SIP_TRANSPORTS, `must be one of ${SIP_TRANSPORTS.join(', ')}`).default('tls'),
  credentials: credentials.nullish(),
  codecs: codecs.default(['PCMU', 'PCMA']),
  headers: headers.default({}),
  passIdentity: z.boolean('must be true or false').default(true),
  callerIds: list(pattern, MAX_TRUNK_CALLER_IDS).default([]),
  inboundNetworks: list(network, MAX_INBOUND_NETWORKS).default([]),
};

export const newTrunk = z.strictObject({ name: trunkName, ...settings });
export const changedTrunk = z.strictObject({
  name: z.string('must be a text').optional(),
  ...settings,
  ...READ_ONLY,
});

export function trunkRequest(
  name: string,
  { host, credentials, headers, ...rest }: Omit<z.infer<typeof newTrunk>, 'name'>,
): TrunkRequest {
  const { transport, codecs, passIdentity, callerIds, inboundNetworks } = rest;
  return {
    name,
    ...(parseHost(host) as NonNullable<ReturnType<typeof parseHost>>),
    transport,
    codecs,
    headers: Object.entries(headers),
    passIdentity,
    callerIds,
    inboundNetworks,
    ...(credentials && { credentials: { ...credentials } as NonNullable<TrunkRequest['credentials']> }),
  };
}

export const trunkAnswer = z
  .object({
    name: z.string(),
    host: z.string(),
    transport: z.enum(SIP_TRANSPORTS),
    credentials: z.object({ username: z.string() }).nullable(),
    codecs: z.array(z.enum(CODECS)),
    headers: z.record(z.string(), z.string()),
    passIdentity: z.boolean(),
    callerIds: z.array(z.string()),
    inboundNetworks: z.array(z.string()),
    ...DATES,
  })
  .meta({ id: 'Trunk' });

/** Everything but the password. */
export function trunkJson(trunk: Trunk): z.input<typeof trunkAnswer> {
  const { name, host, port, transport, credentials, codecs, headers, passIdentity } = trunk;
  return {
    name,
    host: port === undefined ? host : `${host}:${port}`,
    transport,
    credentials: credentials === undefined ? null : { username: credentials.username },
    codecs,
    headers: Object.fromEntries(headers),
    passIdentity,
    callerIds: trunk.callerIds,
    inboundNetworks: trunk.inboundNetworks,
    createdAt: time(trunk.createdAtMs),
    updatedAt: time(trunk.updatedAtMs),
  };
}

function parseHost(value: string): { host: string; port?: number } | undefined {
  const [, name, port] = HOST.exec(value) ?? [];
  if (name === undefined || (name.startsWith('[') && !isIPv6(name.slice(1, -1)))) return undefined;
  if (port === undefined) return { host: name };
  return Number(port) > 65_535 ? undefined : { host: name, port: Number(port) };
}
