/** Auth tokens under a KMS key. A decrypted token is kept in memory for a while: KMS is asked once, not at each request. */
import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import type { Clock } from '../core/clock.ts';
import type { Seal } from '../core/seal.ts';
import { clientConfiguration, type Environment, required } from './clients.ts';

/** How long a function remembers a token after it was changed elsewhere, */
export const TOKEN_MEMORY_MS = 5 * 60 * 1000;
/** and how many: a password that came with one call is never asked for again. */
const TOKENS_REMEMBERED = 1_000;

export interface Tokens {
  encrypt(accountSid: string, token: string): Promise<Uint8Array>;
  decrypt(accountSid: string, ciphertext: Uint8Array): Promise<string>;
}

/** A token is bound to its account: KMS refuses it for another one. `most`: how many are remembered, those that were read last. */
export function createTokens(env: Environment, clock: Clock, most = TOKENS_REMEMBERED): Tokens {
  const client = new KMSClient(clientConfiguration('KMS', env));
  const KeyId = required(env, 'KEY_ID');
  const remembered = new Map<string, { token: string; untilMs: number }>();

  /** All are kept equally long, so that the first of them is the first to be forgotten. */
  function remember(name: string, token: string): void {
    const now = clock.now();
    remembered.delete(name);
    remembered.set(name, { token, untilMs: now + TOKEN_MEMORY_MS });
    for (const [oldest, { untilMs }] of remembered) {
      if (untilMs > now && remembered.size <= most) break;
      remembered.delete(oldest);
    }
  }

  return {
    async encrypt(accountSid, token) {
      const { CiphertextBlob } = await client.send(
        new EncryptCommand({
          KeyId,
          Plaintext: new TextEncoder().encode(token),
          EncryptionContext: { accountSid },
        }),
      );
      if (CiphertextBlob === undefined) throw new Error('KMS answered without a ciphertext.');
      return CiphertextBlob;
    },

    async decrypt(accountSid, ciphertext) {
      const name = `${accountSid}:${Buffer.from(ciphertext).toString('base64')}`;
      const known = remembered.get(name);
      if (known !== undefined && known.untilMs > clock.now()) return known.token;
      const { Plaintext } = await client.send(
        new DecryptCommand({ KeyId, CiphertextBlob: ciphertext, EncryptionContext: { accountSid } }),
      );
      if (Plaintext === undefined) throw new Error('KMS answered without a plaintext.');
      const token = new TextDecoder().decode(Plaintext);
      remember(name, token);
      return token;
    },
  };
}

/** Seals an account's secrets: base64 of what KMS opens for that account only. */
export function sealFor(tokens: Pick<Tokens, 'encrypt'>, accountSid: string): Seal {
  return async clear => Buffer.from(await tokens.encrypt(accountSid, clear)).toString('base64');
}
