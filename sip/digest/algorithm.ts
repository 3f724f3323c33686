import { createHash } from 'node:crypto';

/** One digest algorithm (RFC 7616 §3.3, §6.1; RFC 8760 brings them to SIP). */
export interface DigestAlgorithm {
  /** As it is written in a challenge. */
  readonly name: string;
  /** Whether A1 is that of a session, with both nonces in it (RFC 7616 §3.4.2). */
  readonly session: boolean;
  /** The higher the stronger; -sess adds nothing. */
  readonly strength: number;
  /** The hash in lower-case hexadecimal; text is hashed as UTF-8. */
  readonly hash: (data: string | Uint8Array) => string;
}

const hashWith =
  (name: string) =>
  (data: string | Uint8Array): string =>
    createHash(name).update(data).digest('hex');

const hashes: readonly (readonly [name: string, strength: number, openssl: string])[] = [
  ['MD5', 1, 'md5'],
  ['SHA-256', 2, 'sha256'],
  ['SHA-512-256', 3, 'sha512-256'],
];

const algorithms: ReadonlyMap<string, DigestAlgorithm> = new Map(
  hashes
    .flatMap(([name, strength, openssl]) => [
      { name, strength, session: false, hash: hashWith(openssl) },
      { name: `${name}-sess`, strength, session: true, hash: hashWith(openssl) },
    ])
    .map(algorithm => [algorithm.name.toLowerCase(), algorithm]),
);

/** The algorithm of that name, which has no case; MD5 where none is named (RFC 7616 §3.3). */
export const digestAlgorithm = (name = 'MD5'): DigestAlgorithm | undefined =>
  algorithms.get(name.toLowerCase());
