/** SIP clients of the accounts: who may register. */
import type { Client } from '../core/client.ts';
import { type AccountItems, createAccountItems } from './account-items.ts';
import { key, type Table } from './table.ts';

export type SipClients = AccountItems<Client>;

export const createSipClients = (table: Table): SipClients =>
  createAccountItems<Client>(table, {
    name: 'client',
    key: key.client,
    keyOf: ({ accountSid, name }) => key.client(accountSid, name),
  });
