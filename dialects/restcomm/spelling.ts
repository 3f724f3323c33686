/** How a request's path is read, and how answers name things. */
import { Problem } from '../../core/problem.ts';
import { parseSid } from '../../core/sid.ts';
import type { ApiRequest } from '../dialect.ts';
import { API_VERSION } from './api-version.ts';

/** Older applications ask under the first, newer ones under the second. */
export const PREFIXES = [`/restcomm/${API_VERSION}`, `/api/${API_VERSION}`] as const;

/** `/restcomm/2012-04-24/Accounts/AC…`, under the prefix of the request. */
export function accountPath({ path, accountSid }: Pick<ApiRequest, 'path' | 'accountSid'>): string {
  const prefix = PREFIXES.find(each => path.startsWith(each)) ?? PREFIXES[0];
  return `${prefix}/Accounts/${accountSid}`;
}

/** The account of the path has to be the one that the request is authenticated as. Throws Problem. */
export function requireOwnAccount({ params, accountSid }: Pick<ApiRequest, 'params' | 'accountSid'>): void {
  const named = parseSid('AC', withoutSuffix(params['accountSid']));
  if (named === accountSid) return;
  throw new Problem(
    'unauthorized',
    'These credentials are not those of the account in the path. Use the SID that you authenticate with.',
  );
}

/** The platform's calls have its instance's name before theirs, `ID…-CA…`; it takes both. */
const CALL_SID = /^(?:ID[0-9a-f]{32}-)?(CA[0-9a-f]{32})$/;

/** Throws Problem. */
export function callSidIn({ params }: Pick<ApiRequest, 'params'>): string {
  const sid = callSidOf(withoutSuffix(params['callSid']));
  if (sid !== undefined) return sid;
  throw new Problem('invalid-parameter', 'The path names no call: its SID is CA and 32 hex digits.', {
    field: 'callSid',
  });
}

export const callSidOf = (text: string): string | undefined => CALL_SID.exec(text)?.[1];

const PLACES = {
  applicationSid: { prefix: 'AP', kind: 'unknown-resource', what: 'application' },
  clientSid: { prefix: 'CL', kind: 'unknown-resource', what: 'client' },
  numberSid: { prefix: 'PN', kind: 'unknown-number', what: 'phone number' },
} as const;

/** The SID in a path's last place. Throws Problem. */
export function sidIn(request: Pick<ApiRequest, 'params'>, place: keyof typeof PLACES): string {
  const { prefix, kind, what } = PLACES[place];
  const sid = parseSid(prefix, withoutSuffix(request.params[place]));
  if (sid !== undefined) return sid;
  throw new Problem(kind, `There is no such ${what}: its SID is ${prefix} and 32 hex digits.`);
}

const withoutSuffix = (text = ''): string => text.replace(/\.json$/, '');
