import { createHash } from 'node:crypto';
import type { ClientStore } from '../../../aws/client-store.ts';
import type { Registrations, StoredContacts } from '../../../aws/registrations.ts';
import { Conflict } from '../../../aws/table.ts';
import { type Client, passwordMark, realmOf } from '../../../core/client.ts';

const HASHES: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };

/** Clients and where they are, in memory, with the same rules as those in the table. */
export class MemoryClients implements ClientStore {
  readonly #clients = new Map<string, { client: Client; password: string }>();
  readonly #contacts = new Map<string, StoredContacts>();
  #passwords = 0;
  /** Set it to hold a write up, or to make it fail. */
  before: () => Promise<void> = async () => {};

  /** A client, or a new password for one that is there. */
  set(accountSid: string, name: string, password: string): void {
    const secret = { ciphertext: `sealed-${++this.#passwords}` };
    const client = { name, accountSid, secret, createdAtMs: 0, updatedAtMs: 0 };
    this.#clients.set(`${accountSid} ${name}`, { client, password });
  }

  change(accountSid: string, name: string, settings: Partial<Client>): void {
    const known = this.#clients.get(`${accountSid} ${name}`);
    if (known) known.client = { ...known.client, ...settings };
  }

  remove(accountSid: string, name: string): void {
    this.#clients.delete(`${accountSid} ${name}`);
  }

  readonly secretOf: ClientStore['secretOf'] = async (accountSid, name, algorithm) => {
    const known = this.#clients.get(`${accountSid} ${name}`);
    const hash = HASHES[algorithm];
    if (known === undefined || hash === undefined) return undefined;
    const text = `${name}:${realmOf(accountSid)}:${known.password}`;
    return { ha1: createHash(hash).update(text).digest('hex'), mark: passwordMark(known.client) };
  };

  readonly get: ClientStore['get'] = async (accountSid, name) => {
    const known = this.#clients.get(`${accountSid} ${name}`);
    return known && { value: known.client, version: 0 };
  };

  readonly registrations: Registrations = {
    get: async (accountSid, name) =>
      structuredClone(this.#contacts.get(`${accountSid} ${name}`) ?? { contacts: [] }),
    put: async (accountSid, name, contacts, version) => {
      await this.before();
      const key = `${accountSid} ${name}`;
      if (this.#contacts.get(key)?.version !== version) throw new Conflict('version');
      this.#contacts.set(key, { contacts: structuredClone([...contacts]), version: (version ?? 0) + 1 });
    },
  };

  /** The contacts that are stored for a client. */
  contacts(accountSid: string, name: string): string[] {
    return (this.#contacts.get(`${accountSid} ${name}`)?.contacts ?? []).map(({ contact }) => contact);
  }
}
