import type { DigestAlgorithm } from './algorithm.ts';

export type Qop = 'auth' | 'auth-int';

/** What a user is known by: the password, or H(username:realm:password) of the algorithm in use. */
export type DigestSecret = { readonly password: string } | { readonly ha1: string };

export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  readonly username: string;
  readonly realm: string;
  readonly secret: DigestSecret;
  readonly nonce: string;
  readonly method: string;
  /** The digest-uri, as it is written in the credentials. */
  readonly uri: string;
  /** Absent where the challenge offered none (RFC 2069). */
  readonly qop?: Qop | undefined;
  /** Eight hexadecimal digits; needed with `qop`. */
  readonly nc?: string | undefined;
  /** Needed with `qop` and with a -sess algorithm. */
  readonly cnonce?: string | undefined;
  /** Goes into the hash with auth-int. */
  readonly body: Uint8Array;
}

/** The `response` of credentials, in lower-case hexadecimal (RFC 7616 §3.4.1–3.4.3, RFC 3261 §22.4). */
export function digestResponse(input: DigestInput): string {
  const { algorithm, nonce, qop } = input;
  const { hash } = algorithm;
  const a2 = `${input.method}:${input.uri}${qop === 'auth-int' ? `:${hash(input.body)}` : ''}`;
  const middle = qop === undefined ? nonce : `${nonce}:${input.nc}:${input.cnonce}:${qop}`;
  return hash(`${ha1Of(input)}:${middle}:${hash(a2)}`);
}

function ha1Of({ algorithm, username, realm, secret, nonce, cnonce }: DigestInput): string {
  const ha1 = 'ha1' in secret ? secret.ha1 : algorithm.hash(`${username}:${realm}:${secret.password}`);
  return algorithm.session ? algorithm.hash(`${ha1}:${nonce}:${cnonce}`) : ha1;
}
