import { AuthValue } from '../header/auth.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { type Random, randomToken } from '../random.ts';
import { authHeaders, type DigestChallenge, readChallenges } from './challenge.ts';
import { type DigestSecret, digestResponse } from './response.ts';

/** A user name with the password or HA1 that goes with it. */
export type DigestCredentials = { readonly username: string } & DigestSecret;

export interface DigestClientOptions {
  /** The credentials for a realm, or `undefined` where there are none. */
  readonly credentials: (realm: string) => DigestCredentials | undefined;
  /** For client nonces. */
  readonly random: Random;
}

/** What was last learnt from one challenger in one realm. */
interface Session {
  challenge: DigestChallenge;
  readonly credentials: DigestCredentials;
  /** How often the nonce has been used. */
  uses: number;
  /** Stale nonces in a row for the request with this Call-ID. */
  stale: { callId: string | undefined; count: number };
}

/** A server that calls every nonce stale would be asked for ever. */
const MAX_STALE = 4;

/** Realms that are answered at once, and remembered: each has credentials of its own in every request. */
const MAX_REALMS = 8;

/** The client half of Digest (RFC 3261 §22, RFC 7616): answers challenges and goes on using their nonces. */
export class DigestClient {
  readonly #options: DigestClientOptions;
  readonly #sessions = new Map<string, Session>();

  constructor(options: DigestClientOptions) {
    this.#options = options;
  }

  /**
   * Answers the challenges of a 401 or 407: puts credentials into `retry`, the request that is about to be sent
   * again, next to those for other realms that `refused` carried. False where that cannot help: no credentials, nothing
   * in the challenge that we know, or credentials that have just been refused (RFC 3261 §22.2: these MUST NOT be tried
   * again unless the nonce was stale).
   * @throws {SipParseError} where a challenge cannot be read
   */
  answer(refused: SipRequest, response: SipResponse, retry: SipRequest): boolean {
    const challenges = readChallenges(response.headers);
    if (challenges.length > MAX_REALMS) return false;
    const sessions: Session[] = [];
    for (const challenge of challenges) {
      const session = this.#open(challenge, refused);
      // One realm that cannot be satisfied refuses the whole request, whatever the others get (§22.3).
      if (session === undefined) return false;
      sessions.push(session);
    }
    for (const session of sessions) this.#authorise(retry, session);
    return sessions.length > 0;
  }

  /** Puts credentials for every realm that has challenged us before into a new request, each with its next nonce count. */
  anticipate(request: SipRequest): void {
    for (const session of this.#sessions.values()) {
      // Without qop nothing in the credentials changes from use to use, so they could be replayed: wait to be asked.
      if (session.challenge.qop !== undefined) this.#authorise(request, session);
    }
  }

  /** Learns from a response that was no challenge: the next nonce, and that the last one was good (RFC 7616 §3.5). */
  learn(response: SipResponse): void {
    const next = /(?:^|,)\s*nextnonce="([^"\\]+)"/i.exec(
      response.headers.get('Authentication-Info') ?? '',
    )?.[1];
    for (const session of this.#sessions.values()) {
      session.stale.count = 0;
      if (next === undefined || session.challenge.challenger !== 'server') continue;
      session.challenge = { ...session.challenge, nonce: next };
      session.uses = 0;
    }
  }

  #open(challenge: DigestChallenge, refused: SipRequest): Session | undefined {
    const credentials = this.#options.credentials(challenge.realm);
    if (credentials === undefined) return undefined;
    const key = `${challenge.challenger} ${challenge.realm}`;
    const { callId } = refused;
    const known = this.#sessions.get(key)?.stale;
    const count = known?.callId === callId ? (known?.count ?? 0) : 0;
    const stale = { callId, count: challenge.stale ? count + 1 : 0 };
    if (stale.count > MAX_STALE || !mayAnswer(challenge, credentialsFor(refused, challenge)))
      return undefined;
    const session: Session = { challenge, credentials, uses: 0, stale };
    // The realm that was asked for last is forgotten last.
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    const [oldest = key] = this.#sessions.keys();
    if (this.#sessions.size > MAX_REALMS) this.#sessions.delete(oldest);
    return session;
  }

  #authorise(request: SipRequest, session: Session): void {
    const { name } = authHeaders[session.challenge.challenger].answer;
    const { realm } = session.challenge;
    const others = request.headers.readAll(authHeaders[session.challenge.challenger].answer);
    session.uses += 1;
    request.headers.set(name, [
      ...others.filter(other => other.get('realm') !== realm),
      this.#credentials(request, session),
    ]);
  }

  #credentials(request: SipRequest, { challenge, credentials, uses }: Session): AuthValue {
    const { algorithm, nonce, realm, qop, opaque } = challenge;
    const cnonce = qop !== undefined || algorithm.session ? randomToken(this.#options.random, 16) : undefined;
    const nc = uses.toString(16).padStart(8, '0');
    const { username } = credentials;
    const { method, uri, body } = request;
    const response = digestResponse({
      algorithm,
      username,
      realm,
      secret: credentials,
      nonce,
      method,
      uri,
      qop,
      nc,
      cnonce,
      body,
    });
    const params: [string, string | undefined][] = [
      ['username', challenge.userhash ? algorithm.hash(`${username}:${realm}`) : username],
      ['realm', realm],
      ['nonce', nonce],
      ['uri', uri],
      ['response', response],
      ['algorithm', algorithm.name],
      ['cnonce', cnonce],
      ['opaque', opaque],
      ['qop', qop],
      ['nc', qop === undefined ? undefined : nc],
      ['userhash', challenge.userhash ? 'true' : undefined],
    ];
    return new AuthValue(
      'Digest',
      new Map(params.filter((param): param is [string, string] => param[1] !== undefined)),
    );
  }
}

function credentialsFor(request: SipRequest, { challenger, realm }: DigestChallenge): AuthValue | undefined {
  return request.headers
    .readAll(authHeaders[challenger].answer)
    .find(answer => answer.get('realm') === realm);
}

/**
 * Whether to answer a challenge when the refused request carried `sent` for its realm. The same nonce again is never
 * answered. Another nonce is where this one was stale, or where `sent` reused an old nonce (nc above 1) and the
 * challenge may only mean that it has expired.
 */
function mayAnswer(challenge: DigestChallenge, sent: AuthValue | undefined): boolean {
  if (sent === undefined) return true;
  if (sent.get('nonce') === challenge.nonce) return false;
  return challenge.stale || Number.parseInt(sent.get('nc') ?? '1', 16) > 1;
}
