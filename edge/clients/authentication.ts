import type { ClientStore } from '../../aws/client-store.ts';
import { realmOf } from '../../core/client.ts';
import { ReplayGuard } from '../../sip/digest/replay-guard.ts';
import { detached } from '../../sip/grammar/detached.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import { type Random, randomBytes } from '../../sip/random.ts';
import type { Endpoint } from '../../sip/transport/transport.ts';
import { type Clock, DigestServer } from '../../sip/user-agent.ts';
import { ALL, OfferedAlgorithms } from './offered-algorithms.ts';

const NONCE_KEY_BYTES = 32;

/** Who sent a request; or what to ask for, and whether a password was wrong. */
export type ClientVerdict =
  | { readonly ok: true; readonly name: string; readonly passwordMark: string }
  | {
      readonly ok: false;
      readonly wrong: boolean;
      readonly challenge: ReturnType<DigestServer['challenge']>;
    };

/**
 * Digest for the clients of every account (RFC 3261 §22, RFC 8760): the realm is the account's. A password that does not fit is
 * asked for again (§22.1), and whoever counts them hears of it.
 */
export class ClientAuthentication {
  readonly #clients: Pick<ClientStore, 'secretOf'>;
  readonly #clock: Clock;
  readonly #random: Random;
  /** Of this process: after a restart a nonce is stale, and clients answer the next one by themselves. */
  readonly #key: Uint8Array;
  readonly #replays = new ReplayGuard();
  readonly #offered: OfferedAlgorithms;

  constructor(parts: { clients: Pick<ClientStore, 'secretOf'>; clock: Clock; random: Random }) {
    this.#clients = parts.clients;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#offered = new OfferedAlgorithms(parts.clock);
    this.#key = randomBytes(parts.random, NONCE_KEY_BYTES);
  }

  /**
   * @param from where it comes from
   * @throws {SipParseError} where its credentials cannot be read, and whatever the table throws
   */
  async check(request: SipRequest, accountSid: string, from: Endpoint): Promise<ClientVerdict> {
    const phone = `${from.address} ${request.from?.uri}`;
    let passwordMark = '';
    let used = '';
    const server = new DigestServer({
      algorithms: ALL,
      source: from.address,
      realm: realmOf(accountSid),
      key: this.#key,
      clock: this.#clock,
      random: this.#random,
      replays: this.#replays,
      // Offered both, some phones choose auth-int, and then cannot do it.
      qop: ['auth'],
      secretOf: async (username, algorithm) => {
        const secret = await this.#clients.secretOf(accountSid, username, algorithm);
        passwordMark = secret?.mark ?? '';
        used = algorithm;
        return secret;
      },
    });
    const verdict = await server.verify(request);
    if (verdict.ok) {
      this.#offered.answered(phone, used);
      return { ok: true, name: verdict.username, passwordMark };
    }
    const isAsked = request.headers.has('Authorization');
    const offered = isAsked
      ? this.#offered.of(phone)
      : this.#offered.asks(phone, { port: from.port, callId: request.callId && detached(request.callId) });
    return { ok: false, wrong: verdict.wrong, challenge: server.challenge(verdict.stale, offered) };
  }
}
