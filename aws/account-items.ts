/** What an account has of one kind, in its own partition: one item each, read and written whole. */
import { type Item, json, type Key, NEW, parseJson, type Table } from './table.ts';

export interface Stored<T> {
  value: T;
  version: number;
}

export interface AccountItems<T> {
  /** Those of one account, in the order of their keys. */
  list(accountSid: string): Promise<T[]>;
  get(accountSid: string, name: string): Promise<Stored<T> | undefined>;
  /** Throws Conflict when there is one of that name. */
  create(value: T): Promise<void>;
  /** Throws Conflict when it has been written, or removed, since it was read. */
  replace(value: T, version: number): Promise<void>;
  /** Whether there was one. */
  remove(accountSid: string, name: string): Promise<boolean>;
}

export interface ItemKind<T> {
  /** The beginning of the sort keys, and the attribute that holds the value. */
  name: string;
  key(accountSid: string, name: string): Key;
  keyOf(value: T): Key;
  /** Further attributes, such as those of an index. */
  more?(value: T): Item;
}

export function createAccountItems<T>(table: Table, kind: ItemKind<T>): AccountItems<T> {
  const item = (value: T, version: number): Item => {
    const { pk, sk } = kind.keyOf(value);
    return {
      pk: { S: pk },
      sk: { S: sk },
      [kind.name]: json(value),
      version: { N: String(version) },
      ...kind.more?.(value),
    };
  };

  return {
    async list(accountSid) {
      const { pk } = kind.key(accountSid, '');
      const items = await queryAll(table, pk, `${kind.name}#`, `${kind.name}#${LAST}`);
      return items.map(each => parseJson<T>(each[kind.name])).filter(value => value !== undefined);
    },

    async get(accountSid, name) {
      const found = await table.get(kind.key(accountSid, name));
      const value = parseJson<T>(found?.[kind.name]);
      return value && { value, version: Number(found?.['version']?.N) };
    },

    create: value => table.put(item(value, 0), NEW),

    replace: (value, version) =>
      table.put(item(value, version + 1), {
        expression: 'version = :version',
        values: { ':version': { N: String(version) } },
      }),

    remove: async (accountSid, name) => (await table.remove(kind.key(accountSid, name))) !== undefined,
  };
}

/** After every character that a name or an identifier has. */
export const LAST = '~';

/** All items of a partition whose sort keys lie between two, both included. */
export async function queryAll(table: Table, pk: string, from: string, to: string): Promise<Item[]> {
  const all: Item[] = [];
  let after: Item | undefined;
  do {
    const { items, last } = await table.query({
      expression: 'pk = :pk AND sk BETWEEN :from AND :to',
      values: { ':pk': { S: pk }, ':from': { S: from }, ':to': { S: to } },
      consistent: true,
      ...(after && { after }),
    });
    all.push(...items);
    after = last;
  } while (after !== undefined);
  return all;
}
