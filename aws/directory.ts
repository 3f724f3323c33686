/** What an account's destinations depend on, with as few reads as there can be. */

import { E164 } from '../core/destination.ts';
import { isDialled } from '../core/number-pattern.ts';
import { clientOf, type Directory, EMPTY_DIRECTORY } from '../core/resolve-destination.ts';
import type { Route } from '../core/route.ts';
import type { Trunk } from '../core/trunk.ts';
import { LAST, queryAll } from './account-items.ts';
import { createNumbers } from './numbers.ts';
import { key, parseJson, type Table } from './table.ts';

export interface Directories {
  /**
   * Enough of an account's directory to resolve these destinations, and to say which caller ids are its own numbers: one query
   * for numbers, one read for each client, and one for each caller id where there is a trunk that it may be shown over.
   */
  read(
    accountSid: string,
    destinations: readonly string[],
    callerIds?: readonly string[],
  ): Promise<Directory>;
}

export function createDirectories(table: Table): Directories {
  const numbers = createNumbers(table);

  return {
    async read(accountSid, destinations, callerIds = []) {
      const names = new Set(destinations.map(clientOf).filter(name => name !== undefined));
      const [ways, found] = await Promise.all([
        destinations.some(isDialled) ? readNumbers(accountSid) : EMPTY_DIRECTORY,
        Promise.all(
          [...names].map(async name => ((await table.get(key.client(accountSid, name))) ? [name] : [])),
        ),
      ]);
      const own = ways.trunks.length > 0 ? await ownNumbers(accountSid, callerIds) : [];
      return { ...ways, clients: new Set(found.flat()), numbers: new Set(own) };
    },
  };

  async function ownNumbers(accountSid: string, callerIds: readonly string[]): Promise<string[]> {
    const asked = [...new Set(callerIds)].filter(each => E164.test(each));
    const known = await Promise.all(asked.map(each => numbers.get(each)));
    return asked.filter((_, index) => known[index]?.accountSid === accountSid);
  }

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
