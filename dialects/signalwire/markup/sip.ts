import { CODECS, type Codec, type SipTarget } from '../../../core/sip-target.ts';
import { type Attribute, pattern, readAttributes } from '../../markup/attributes.ts';
import { type Element, textOf } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { CODE } from './codes.ts';
import { API_VERSION_HEADER, IDENTIFIED_BY, nounAttributes, nounSettings } from './noun.ts';
import { readSipUri } from './sip-uri.ts';

export const MAX_SESSION_TIMEOUT_SECONDS = 86_400;
export const MAX_CREDENTIAL_CHARACTERS = 255;

const codecs: Attribute<Codec[]> = {
  takes: `some of ${CODECS.join(', ')}, with commas between them`,
  read: value => {
    const words = value.split(',').map(word => word.trim().toUpperCase());
    const known = CODECS.filter(codec => words.includes(codec));
    const each = new Set(words);
    return known.length === each.size ? ([...each] as Codec[]) : undefined;
  },
  otherwise: ['PCMU', 'PCMA'],
  code: CODE.sip.codecs,
  strict: true,
};

/** What the platform takes where a document says 0, or nothing. */
export const DEFAULT_SESSION_TIMEOUT_SECONDS = 600;

const sessionTimeout: Attribute<number> = {
  takes: `a whole number of seconds from 0 to ${MAX_SESSION_TIMEOUT_SECONDS}`,
  read: value => {
    const seconds = /^\d{1,6}$/.test(value.trim()) ? Number(value) : Number.NaN;
    return seconds <= MAX_SESSION_TIMEOUT_SECONDS ? seconds : undefined;
  },
  otherwise: 0,
  code: CODE.schema,
};

const credential = pattern(
  CODE.sip.credentials,
  new RegExp(`^[^\\u0000-\\u001f\\u007f]{0,${MAX_CREDENTIAL_CHARACTERS}}$`),
  `up to ${MAX_CREDENTIAL_CHARACTERS} characters`,
  true,
);

export const SIP_ATTRIBUTES = {
  ...nounAttributes(CODE.sip.method),
  codecs,
  sessionTimeout,
  username: credential,
  password: credential,
} as const;

/** A SIP address to dial. Throws DocumentError for one that cannot be dialled as it was asked for. */
export function readSip(noun: Element, reading: Reading): SipTarget {
  const values = readAttributes(noun, SIP_ATTRIBUTES, reading);
  const { uri, transport, headers } = readSipUri(noun, textOf(noun), reading);
  const { username, password = '' } = values;
  if ((username === undefined || username === '') !== (password === '')) {
    throw reading.refusal(CODE.sip.credentials, noun, 'username and password go together.');
  }
  return {
    kind: 'sip',
    uri,
    transport,
    headers: [API_VERSION_HEADER, ...headers],
    identifiedBy: IDENTIFIED_BY,
    codecs: values.codecs,
    ...(username !== undefined &&
      username !== '' && { credentials: { username, password: { clear: password } } }),
    sessionTimeoutSeconds: values.sessionTimeout || DEFAULT_SESSION_TIMEOUT_SECONDS,
    ...nounSettings(noun, values, reading),
  };
}
