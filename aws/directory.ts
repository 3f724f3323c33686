/** What an account's destinations depend on, with as few reads as there can be. */

import { E164 } from '../core/destination.ts';
import { isDialled } from '../core/number-pattern.ts';
import { clientOf, type Directory, EMPTY_DIRECTORY } from '../core/resolve-destination.ts';
import type { Route } from '../core/route.ts';
import type { Trunk } from '../core/trunk.ts';
import { LAST, queryAll } from './account-items.ts';
import { createNumbers } from './numbers.ts';
import { key, parseJson, type Table } from './table.ts';

/** Of more clients than these, all that an account has are read at once. */
export const MAX_CLIENTS_READ_ONE_BY_ONE = 10;

export interface Directories {
  /**
   * Enough of an account's directory to resolve these destinations, and to say whose numbers these caller ids are: one read for
   * each client or one query for many, and where numbers are dialled, one query for them and one read for each caller id.
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
      const dialsNumbers = destinations.some(isDialled);
      const [ways, owners, clients] = await Promise.all([
        dialsNumbers ? readNumbers(accountSid) : EMPTY_DIRECTORY,
        dialsNumbers ? ownersOf(callerIds) : new Map<string, string>(),
        names.size > MAX_CLIENTS_READ_ONE_BY_ONE
          ? allClients(accountSid)
          : clientsAmong(accountSid, [...names]),
      ]);
      const [own, others] = [new Set<string>(), new Set<string>()];
      for (const [number, owner] of owners) (owner === accountSid ? own : others).add(number);
      return { ...ways, clients: new Set(clients), numbers: own, othersNumbers: others };
    },
  };

  async function clientsAmong(accountSid: string, names: readonly string[]): Promise<string[]> {
    const found = await Promise.all(names.map(name => table.get(key.client(accountSid, name))));
    return names.filter((_, index) => found[index] !== undefined);
  }

  async function allClients(accountSid: string): Promise<string[]> {
    const { pk, sk } = key.client(accountSid, '');
    const items = await queryAll(table, pk, sk, sk + LAST);
    return items.map(item => (item['sk']?.S ?? '').slice(sk.length));
  }

  /** Whose numbers they are, of those that are anybody's. */
  async function ownersOf(callerIds: readonly string[]): Promise<Map<string, string>> {
    const asked = [...new Set(callerIds)].filter(each => E164.test(each));
    const known = await Promise.all(asked.map(each => numbers.get(each)));
    return new Map(known.filter(each => each !== undefined).map(each => [each.number, each.accountSid]));
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
