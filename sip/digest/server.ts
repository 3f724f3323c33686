import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { AuthValue } from '../header/auth.ts';
import type { SipRequest } from '../message/message.ts';
import { type Random, randomBytes } from '../random.ts';
import { parseUri } from '../uri/uri.ts';
import { type DigestAlgorithm, digestAlgorithm } from './algorithm.ts';
import { authHeaders, type Challenger } from './challenge.ts';
import { issueNonce, NONCE_RANDOM_BYTES, nonceIssuedAt } from './nonce.ts';
import { ReplayGuard } from './replay-guard.ts';
import { type DigestSecret, digestResponse, type Qop } from './response.ts';

export interface DigestServerOptions {
  readonly realm: string;
  /** Signs nonces; servers that share it know each other's. At least 16 bytes. */
  readonly key: Uint8Array;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  /** What each user is known by, for the algorithm in question; `undefined` for a stranger. */
  readonly secretOf: (
    username: string,
    algorithm: string,
  ) => DigestSecret | undefined | Promise<DigestSecret | undefined>;
  /** 401 as a user agent server or registrar (the default), 407 as a proxy. */
  readonly challenger?: Challenger;
  /** In the order of preference (RFC 8760 §2.3). SHA-256 and then MD5 unless told. */
  readonly algorithms?: readonly string[];
  readonly qop?: readonly Qop[];
  /** 300 unless told. */
  readonly nonceLifetimeSeconds?: number;
  /** Where requests come from: a nonce is good for one place (RFC 7616 §5.4). For every place when not given. */
  readonly source?: string;
  /** Shared by servers whose realms are many; its own when not given. */
  readonly replays?: ReplayGuard;
  /** Whether the digest-uri may go with that request; by default it must be the Request-URI (RFC 3261 §22.4). */
  readonly acceptUri?: (digestUri: string, request: SipRequest) => boolean;
}

/** What became of a request's credentials: `stale` is for the next challenge, `wrong` says that the user or the password was. */
export type DigestVerdict =
  | { readonly ok: true; readonly username: string }
  | { readonly ok: false; readonly stale: boolean; readonly wrong: boolean; readonly reason: string };

const unusable = (reason: string): DigestVerdict => ({ ok: false, stale: false, wrong: false, reason });
const staleNonce = (reason: string): DigestVerdict => ({ ok: false, stale: true, wrong: false, reason });

/** The server half of Digest (RFC 3261 §22, RFC 7616, RFC 8760). */
export class DigestServer {
  readonly #options: DigestServerOptions;
  readonly #algorithms: readonly DigestAlgorithm[];
  readonly #qop: readonly Qop[];
  readonly #lifetimeMs: number;
  readonly #scope: string;
  readonly #replays: ReplayGuard;

  constructor(options: DigestServerOptions) {
    if (options.key.length < 16) throw new RangeError('The key that signs nonces needs at least 16 bytes.');
    this.#options = options;
    this.#algorithms = (options.algorithms ?? ['SHA-256', 'MD5']).map(name => {
      const algorithm = digestAlgorithm(name);
      if (algorithm === undefined) throw new RangeError(`${name} is no digest algorithm that is supported.`);
      return algorithm;
    });
    this.#replays = options.replays ?? new ReplayGuard();
    this.#qop = options.qop ?? ['auth', 'auth-int'];
    this.#scope = options.source === undefined ? options.realm : `${options.realm} ${options.source}`;
    this.#lifetimeMs = (options.nonceLifetimeSeconds ?? 300) * 1_000;
  }

  get #challenger(): (typeof authHeaders)[Challenger] {
    return authHeaders[this.#options.challenger ?? 'server'];
  }

  /** The status and headers of a response that asks for credentials: one challenge for each algorithm, or for those alone. */
  challenge(
    stale = false,
    only?: readonly string[],
  ): {
    readonly status: 401 | 407;
    readonly headers: readonly (readonly [string, AuthValue])[];
  } {
    const { realm, key, clock, random } = this.#options;
    const { status, challenge } = this.#challenger;
    const nonce = issueNonce(key, this.#scope, clock.now(), randomBytes(random, NONCE_RANDOM_BYTES));
    const offered = this.#algorithms.filter(({ name }) => only?.includes(name) ?? true);
    const headers = offered.map(algorithm => {
      const params = new Map([
        ['realm', realm],
        ['nonce', nonce],
        ['algorithm', algorithm.name],
        ['qop', this.#qop.join(',')],
      ]);
      if (stale) params.set('stale', 'true');
      return [challenge.name, new AuthValue('Digest', params)] as const;
    });
    return { status, headers };
  }

  /** Judges the credentials that a request carries for our realm. @throws {SipParseError} where they cannot be read */
  async verify(request: SipRequest): Promise<DigestVerdict> {
    const { realm, secretOf } = this.#options;
    const credentials = request.headers
      .readAll(this.#challenger.answer)
      .find(value => value.isDigest && value.get('realm') === realm);
    if (credentials === undefined) return unusable('There are no credentials for this realm.');
    const algorithm = this.#algorithms.find(known => known === digestAlgorithm(credentials.get('algorithm')));
    if (algorithm === undefined) return unusable('The algorithm was not offered.');
    const issuedAt = this.#issuedAt(credentials);
    if (issuedAt === undefined) return staleNonce('The nonce is not ours, or has expired.');
    const username = credentials.get('username') ?? '';
    const secret = await secretOf(username, algorithm.name);
    const fault = this.#fault(request, credentials) ?? this.#compare(request, credentials, algorithm, secret);
    return fault ?? this.#countOnce(credentials, issuedAt) ?? { ok: true, username };
  }

  /**
   * The nonce comes before the password: where it is not one that was given to this place, nothing is known of who sends, and nothing is
   * learnt by guessing. The client answers the next challenge by itself (RFC 7616 §3.3).
   */
  #issuedAt(credentials: AuthValue): number | undefined {
    const { key } = this.#options;
    const issuedAt = nonceIssuedAt(key, this.#scope, credentials.get('nonce') ?? '');
    return issuedAt === undefined || issuedAt < this.#oldest ? undefined : issuedAt;
  }

  get #oldest(): number {
    return this.#options.clock.now() - this.#lifetimeMs;
  }

  #fault(request: SipRequest, credentials: AuthValue): DigestVerdict | undefined {
    const qop = credentials.get('qop') as Qop | undefined;
    if (qop !== undefined && !this.#qop.includes(qop)) return unusable('The qop was not offered.');
    if (qop !== undefined && !/^[0-9a-f]{8}$/i.test(credentials.get('nc') ?? ''))
      return unusable('The nonce count is no such number.');
    const isMeant = (this.#options.acceptUri ?? isRequestUri)(credentials.get('uri') ?? '', request);
    return isMeant ? undefined : unusable('The digest-uri is not that of the request.');
  }

  #compare(
    request: SipRequest,
    credentials: AuthValue,
    algorithm: DigestAlgorithm,
    secret: DigestSecret | undefined,
  ): DigestVerdict | undefined {
    const expected = digestResponse({
      algorithm,
      username: credentials.get('username') ?? '',
      realm: this.#options.realm,
      // A stranger costs the same hashes as a user, so that the time taken tells nobody who exists.
      secret: secret ?? { password: '' },
      nonce: credentials.get('nonce') ?? '',
      method: request.method,
      uri: credentials.get('uri') ?? '',
      qop: credentials.get('qop') as Qop | undefined,
      nc: credentials.get('nc'),
      cnonce: credentials.get('cnonce') ?? '',
      body: request.body,
    });
    const same = sameText(expected, (credentials.get('response') ?? '').toLowerCase());
    if (same && secret !== undefined) return undefined;
    return { ok: false, stale: false, wrong: true, reason: 'The user or the password is wrong.' };
  }

  #countOnce(credentials: AuthValue, issuedAt: number): DigestVerdict | undefined {
    const nonce = credentials.get('nonce') ?? '';
    // Credentials without a count (RFC 2069) are good for one request.
    const count = credentials.has('qop')
      ? Number.parseInt(credentials.get('nc') ?? '', 16)
      : Number.POSITIVE_INFINITY;
    return this.#replays.admit(nonce, count, issuedAt, this.#oldest)
      ? undefined
      : staleNonce('The nonce count was used before.');
  }
}

function isRequestUri(digestUri: string, request: SipRequest): boolean {
  if (digestUri === request.uri) return true;
  try {
    return parseUri(digestUri).equals(request.requestUri);
  } catch {
    return false;
  }
}

function sameText(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}
