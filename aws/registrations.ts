/** Where the accounts' clients are: the bindings of a registrar, one item for each client. */
import type { RegisteredContact } from '../core/registration.ts';
import { expiry, json, key, NEW, parseJson, type Table } from './table.ts';

export interface StoredContacts {
  contacts: RegisteredContact[];
  /** Undefined where nothing is stored. */
  version?: number;
}

export interface Registrations {
  /** Expired contacts may still be among them. */
  get(accountSid: string, name: string): Promise<StoredContacts>;
  /** Throws Conflict when somebody has written since `version` was read. */
  put(
    accountSid: string,
    name: string,
    contacts: readonly RegisteredContact[],
    version: number | undefined,
  ): Promise<void>;
}

export function createRegistrations(table: Table): Registrations {
  return {
    async get(accountSid, name) {
      const item = await table.get(key.registration(accountSid, name));
      const contacts = parseJson<RegisteredContact[]>(item?.['contacts']);
      return contacts ? { contacts, version: Number(item?.['version']?.N) } : { contacts: [] };
    },

    async put(accountSid, name, contacts, version) {
      const { pk, sk } = key.registration(accountSid, name);
      const lastMs = Math.max(0, ...contacts.map(({ expiresAtMs }) => expiresAtMs));
      await table.put(
        {
          pk: { S: pk },
          sk: { S: sk },
          contacts: json(contacts),
          version: { N: String((version ?? 0) + 1) },
          expiresAt: expiry(lastMs),
        },
        version === undefined
          ? NEW
          : { expression: 'version = :version', values: { ':version': { N: String(version) } } },
      );
    },
  };
}
