/** What an account's destinations depend on, with as few reads as there can be. */

import { isDialled } from '../core/number-pattern.ts';
import { clientOf, type Directory, EMPTY_DIRECTORY } from '../core/resolve-destination.ts';
import type { Route } from '../core/route.ts';
import type { Trunk } from '../core/trunk.ts';
import { LAST, queryAll } from './account-items.ts';
import { key, parseJson, type Table } from './table.ts';

export interface Directories {
  /** Enough of an account's directory to resolve these destinations: one query for numbers, one read for each client. */
  read(accountSid: string, destinations: readonly string[]): Promise<Directory>;
}

export function createDirectories(table: Table): Directories {
  return {
    async read(accountSid, destinations) {
      const names = new Set(destinations.map(clientOf).filter(name => name !== undefined));
      const [numbers, found] = await Promise.all([
        destinations.some(isDialled) ? readNumbers(accountSid) : EMPTY_DIRECTORY,
        Promise.all(
          [...names].map(async name => ((await table.get(key.client(accountSid, name))) ? [name] : [])),
        ),
      ]);
      return { ...numbers, clients: new Set(found.flat()) };
    },
  };

  /** The sort keys of an account's routes and trunks lie next to one another. */
  async function readNumbers(accountSid: string): Promise<Pick<Directory, 'routes' | 'trunks'>> {
    const { pk } = key.account(accountSid);
    const items = await queryAll(table, pk, 'route#', `trunk#${LAST}`);
    return {
      routes: items.map(item => parseJson<Route>(item['route'])).filter(route => route !== undefined),
      trunks: items.map(item => parseJson<Trunk>(item['trunk'])).filter(trunk => trunk !== undefined),
    };
  }
}
