/** Whom a call goes to, what they are shown, and what is asked for of SIP. All throw Problem. */
import { E164 } from '../../core/destination.ts';
import type { AskedOfSip } from '../../core/operation.ts';
import { clientOf } from '../../core/resolve-destination.ts';
import { DocumentError } from '../dialect.ts';
import { Reading } from '../markup/reading.ts';
import { halves } from '../markup/sip-address.ts';
import { refusal } from '../parameters.ts';
import { dialled, shown, tidyNumber } from '../text.ts';
import { createCall } from './contracts.ts';
import { CODE } from './markup/codes.ts';
import { API_VERSION_HEADER, IDENTIFIED_BY } from './markup/noun.ts';
import { DEFAULT_SESSION_TIMEOUT_SECONDS } from './markup/sip.ts';
import { readSipUri } from './markup/sip-uri.ts';

/** Headers after an address that cannot be sent: their number in a document → in a request. */
const HEADER_CODES: Readonly<Record<number, number>> = {
  [CODE.sip.headerLength]: 21227,
  [CODE.sip.tooManyHeaders]: 21227,
  [CODE.sip.headerName]: 21228,
};

export interface Callee {
  to: string;
  /** Only of those who are reached over SIP by what `to` says itself. */
  overSip: boolean;
  sipSettings?: AskedOfSip;
}

export function calleeOf(
  asked: { To: string; SipAuthUsername?: string | undefined; SipAuthPassword?: string | undefined },
  nowMs: number,
): Callee {
  const text = tidyNumber(asked.To).trim();
  const signedIn = credentials(asked);
  const isClient = clientOf(text) !== undefined;
  if (/^sips?:/i.test(text) || isClient) {
    const headers = isClient ? [API_VERSION_HEADER] : headersOf(text, nowMs);
    return {
      to: halves(text)[0],
      overSip: true,
      sipSettings: {
        leg: '',
        attributes: [],
        transport: 'tls',
        headers,
        identifiedBy: IDENTIFIED_BY,
        sessionTimeoutSeconds: DEFAULT_SESSION_TIMEOUT_SECONDS,
        ...signedIn,
      },
    };
  }
  if (dialled(text) === undefined) {
    throw refusal(
      'invalid-parameter',
      'To',
      `is "${shown(text)}", which is no number (such as +12025550100), no sip: address and no client:`,
      createCall.codes,
    );
  }
  const attributes = signedIn.credentials ? ['SipAuthUsername', 'SipAuthPassword'] : [];
  return {
    to: text,
    overSip: false,
    ...(attributes.length > 0 && { sipSettings: { leg: '', attributes, ...signedIn } }),
  };
}

/** What a callee is shown: a number, or over SIP the user part of From, as `ann`, `client:ann` or `sip:ann@example.com`. */
export function callerOf(name: 'From' | 'CallerId', text: string, overSip: boolean): string {
  const tidy = tidyNumber(text);
  if (E164.test(tidy)) return tidy;
  const user = tidy.replace(/^(?:client|sips?):/i, '').replace(/@.*$/s, '');
  if (overSip && /^[A-Za-z\d+\-_.]{1,64}$/.test(user)) return user;
  throw refusal(
    'invalid-parameter',
    name,
    overSip
      ? 'has to be a number in E.164 form, or a name of up to 64 letters, digits and +-_.'
      : 'has to be a number in E.164 form, such as +12025550100',
    createCall.codes,
  );
}

function headersOf(text: string, nowMs: number): [name: string, value: string][] {
  const reading = new Reading({ nowMs, codes: CODE });
  try {
    const { headers } = readSipUri({ name: 'To', attributes: {}, children: [], line: 1 }, text, reading);
    const [left] = reading.notifications;
    if (left === undefined) return [API_VERSION_HEADER, ...headers];
    throw refusal(
      'invalid-parameter',
      'To',
      'asks for headers that cannot be sent: at most 20 of less than 1,024 characters in all, with names of letters, digits and hyphens',
      { To: HEADER_CODES[left.code] ?? 21211 },
    );
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw refusal(
      'invalid-parameter',
      'To',
      'is no SIP address of less than 255 characters, such as sip:alice@example.com;transport=udp',
      createCall.codes,
    );
  }
}

function credentials({
  SipAuthUsername: username = '',
  SipAuthPassword: password = '',
}: Parameters<typeof calleeOf>[0]): Pick<AskedOfSip, 'credentials'> {
  if (username === '' && password === '') return {};
  if (username !== '' && password !== '') return { credentials: { username, password: { clear: password } } };
  const missing = username === '' ? 'SipAuthUsername' : 'SipAuthPassword';
  throw refusal('missing-parameter', missing, 'is missing: the two go together', createCall.codes);
}
