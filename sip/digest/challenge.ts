import { trimSpace } from '../grammar/space.ts';
import {
  AUTHORIZATION,
  type AuthValue,
  PROXY_AUTHENTICATE,
  PROXY_AUTHORIZATION,
  WWW_AUTHENTICATE,
} from '../header/auth.ts';
import type { Headers } from '../message/headers.ts';
import { type DigestAlgorithm, digestAlgorithm } from './algorithm.ts';
import type { Qop } from './response.ts';

/** Who asks: a user agent server (401) or a proxy (407); each has its own pair of headers (RFC 3261 §22.2, §22.3). */
export type Challenger = 'server' | 'proxy';

/** What each challenger puts its challenge in, and wants the answer in. */
export const authHeaders = {
  server: { status: 401, challenge: WWW_AUTHENTICATE, answer: AUTHORIZATION },
  proxy: { status: 407, challenge: PROXY_AUTHENTICATE, answer: PROXY_AUTHORIZATION },
} as const;

/** A Digest challenge that we can answer. */
export interface DigestChallenge {
  readonly challenger: Challenger;
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: DigestAlgorithm;
  /** Absent where the challenge offers none. */
  readonly qop: Qop | undefined;
  /** Whether only the nonce was refused, not the password. */
  readonly stale: boolean;
  /** Whether the user name may be sent hashed (RFC 7616 §3.4.4). */
  readonly userhash: boolean;
}

/**
 * The challenges in a response, one for each realm: where a realm offers several, that with the strongest algorithm
 * (RFC 7616 §3.7, RFC 8760 §2.4). Those we cannot answer (another scheme, algorithm or qop) are passed over.
 */
export function readChallenges(headers: Headers): DigestChallenge[] {
  const strongest = new Map<string, DigestChallenge>();
  for (const challenger of ['server', 'proxy'] as const) {
    for (const value of headers.readAll(authHeaders[challenger].challenge)) {
      const challenge = digestChallenge(value, challenger);
      if (challenge === undefined) continue;
      const key = `${challenger} ${challenge.realm}`;
      const known = strongest.get(key);
      if (known === undefined || challenge.algorithm.strength > known.algorithm.strength)
        strongest.set(key, challenge);
    }
  }
  return [...strongest.values()];
}

function digestChallenge(value: AuthValue, challenger: Challenger): DigestChallenge | undefined {
  const realm = value.get('realm');
  const nonce = value.get('nonce');
  const algorithm = digestAlgorithm(value.get('algorithm'));
  if (!value.isDigest || realm === undefined || nonce === undefined || algorithm === undefined)
    return undefined;
  const offered = value.get('qop')?.toLowerCase().split(',').map(trimSpace);
  // "auth" is preferred: a body that a proxy may lawfully change on the way would break "auth-int".
  const qop = offered && (['auth', 'auth-int'] as const).find(known => offered.includes(known));
  if (offered !== undefined && qop === undefined) return undefined;
  return {
    challenger,
    realm,
    nonce,
    opaque: value.get('opaque'),
    algorithm,
    qop,
    stale: value.get('stale')?.toLowerCase() === 'true',
    userhash: value.get('userhash')?.toLowerCase() === 'true',
  };
}
