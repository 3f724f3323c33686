/** HTTP Basic (RFC 7617): an account's SID, UUID or auth id, and its auth token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Accounts } from '../../aws/accounts.ts';
import { Problem } from '../../core/problem.ts';
import { parseSid } from '../../core/sid.ts';

/** The authenticated account's SID. Throws Problem `unauthorized`, in the same words and time whatever was wrong. */
export type Authenticate = (authorization: string | undefined) => Promise<string>;

export function createAuthentication(accounts: Pick<Accounts, 'authToken'>): Authenticate {
  return async authorization => {
    const [, encoded = ''] = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization ?? '') ?? [];
    const [, user = '', password = ''] =
      /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
    const accountSid = parseSid('AC', user);
    const token = accountSid === undefined ? undefined : await accounts.authToken(accountSid);
    // A token is compared even where there is none, so that time tells nobody which accounts exist.
    const right = sameText(password, token ?? '');
    if (accountSid === undefined || token === undefined || !right) {
      throw new Problem(
        'unauthorized',
        'Authenticate with HTTP Basic: the account SID as user name, its auth token as password.',
      );
    }
    return accountSid;
  };
}

function sameText(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
