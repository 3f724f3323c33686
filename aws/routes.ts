/** Routes of the accounts: where their numbers lead. */
import type { Route } from '../core/route.ts';
import { type AccountItems, createAccountItems } from './account-items.ts';
import { key, type Table } from './table.ts';

export type Routes = AccountItems<Route>;

export const createRoutes = (table: Table): Routes =>
  createAccountItems<Route>(table, {
    name: 'route',
    key: key.route,
    keyOf: ({ accountSid, id }) => key.route(accountSid, id),
  });
