/** In which words a request came: they are the words of its answer. */
import { Problem } from '../../core/problem.ts';
import { parseSid, toUuid } from '../../core/sid.ts';
import type { ApiRequest } from '../dialect.ts';

/**
 * SIDs are `AC…`/`CA…` or UUIDs, by how the path names the account; paths keep their prefix.
 * SignalWire's client speaks UUIDs, Twilio's the other.
 */
export interface Spelling {
  uuids: boolean;
  /** `/2010-04-01/Accounts/AC…`, with whatever the request had before it. */
  accountPath: string;
  sid(sid: string): string;
}

export function spellingOf({ path, params, accountSid }: ApiRequest): Spelling {
  const uuids = !(params['accountSid'] ?? '').startsWith('AC');
  const sid = uuids ? toUuid : (text: string) => text;
  const end = path.indexOf(ACCOUNTS);
  return { uuids, accountPath: `${path.slice(0, end + ACCOUNTS.length)}${sid(accountSid)}`, sid };
}

const ACCOUNTS = '/Accounts/';

/** The account of the path has to be the one that the request is authenticated as. Throws Problem. */
export function requireOwnAccount({ params, accountSid }: ApiRequest): void {
  const named = parseSid('AC', params['accountSid'] ?? '');
  if (named === undefined) {
    throw new Problem(
      'unknown-route',
      'The path names no account: write /Accounts/ and then your account SID, either AC and 32 hex digits or as a UUID.',
    );
  }
  if (named !== accountSid) {
    throw new Problem(
      'unauthorized',
      'These credentials are not those of the account in the path. Use the SID that you authenticate with.',
    );
  }
}

/** The SID in a path's last place, which may have `.json` after it. Throws Problem. */
export function sidInPath(request: ApiRequest, place: keyof typeof PLACES): string {
  const { prefix, kind, what } = PLACES[place];
  const text = (request.params[place] ?? '').replace(/\.json$/, '');
  const sid = parseSid(prefix, text);
  if (sid !== undefined) return sid;
  throw new Problem(kind, `There is no such ${what}: its SID is ${prefix} and 32 hex digits, or a UUID.`);
}

const PLACES = {
  callSid: { prefix: 'CA', kind: 'unknown-call', what: 'call' },
  applicationSid: { prefix: 'AP', kind: 'unknown-resource', what: 'application' },
  numberSid: { prefix: 'PN', kind: 'unknown-number', what: 'phone number' },
} as const;
