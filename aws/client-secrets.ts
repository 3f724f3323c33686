/** By what a registrar knows an account's clients. */
import { type ClientSecret, passwordMark } from '../core/client.ts';
import { createSipClients } from './sip-clients.ts';
import type { Table } from './table.ts';
import type { Tokens } from './tokens.ts';

/** Digest algorithms (RFC 7616 §3.3) and the secrets that are kept for them. */
const KINDS: ReadonlyMap<string, keyof ClientSecret> = new Map([
  ['MD5', 'md5'],
  ['SHA-256', 'sha256'],
]);

/**
 * H(name:realm:password) of a client and the mark of its password, for the algorithm that it answers with. Undefined for a client that there is not
 * (any more), and for an algorithm that nothing is kept for.
 */
export type ClientSecrets = (
  accountSid: string,
  name: string,
  algorithm: string,
) => Promise<{ ha1: string; mark: string } | undefined>;

/** A new password, or none any more, holds at once: the table is asked each time, the key only after a change. */
export function createClientSecrets(table: Table, tokens: Pick<Tokens, 'decrypt'>): ClientSecrets {
  const clients = createSipClients(table);
  return async (accountSid, name, algorithm) => {
    const kind = KINDS.get(algorithm);
    const client = kind && (await clients.get(accountSid, name))?.value;
    if (kind === undefined || client === undefined) return undefined;
    const secret = await tokens.decrypt(accountSid, Buffer.from(client.secret.ciphertext, 'base64'));
    return { ha1: (JSON.parse(secret) as ClientSecret)[kind], mark: passwordMark(client) };
  };
}
