/** Applications of the accounts. */
import type { Application } from '../core/application.ts';
import { type AccountItems, createAccountItems } from './account-items.ts';
import { key, type Table } from './table.ts';

export type Applications = AccountItems<Application>;

export const createApplications = (table: Table): Applications =>
  createAccountItems<Application>(table, {
    name: 'application',
    key: key.application,
    keyOf: ({ accountSid, sid }) => key.application(accountSid, sid),
  });
