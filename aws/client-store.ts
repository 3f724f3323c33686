/** All that an edge has to know of the accounts' clients: their passwords' digests, and where they are. */
import { type ClientSecrets, createClientSecrets } from './client-secrets.ts';
import { createRegistrations, type Registrations } from './registrations.ts';
import { createSipClients, type SipClients } from './sip-clients.ts';
import type { Table } from './table.ts';
import type { Tokens } from './tokens.ts';

export interface ClientStore {
  readonly secretOf: ClientSecrets;
  /** The client as it is now, if there is one. */
  readonly get: SipClients['get'];
  readonly registrations: Registrations;
}

export function createClientStore(table: Table, tokens: Pick<Tokens, 'decrypt'>): ClientStore {
  return {
    secretOf: createClientSecrets(table, tokens),
    get: createSipClients(table).get,
    registrations: createRegistrations(table),
  };
}
