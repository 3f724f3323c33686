/** Phone numbers of the accounts. */
import type { PhoneNumber } from '../core/operation.ts';
import type { Stored } from './account-items.ts';
import { ACCOUNT_INDEX, type Condition, type Item, json, key, parseJson, type Table } from './table.ts';

/** Numbers of one account that are listed; the voice service allows 5 until its quota is raised. */
export const MAX_NUMBERS_LISTED = 1_000;

export interface Numbers {
  get(e164: string): Promise<PhoneNumber | undefined>;
  /** For whoever is going to change it. */
  read(e164: string): Promise<Stored<PhoneNumber> | undefined>;
  put(number: PhoneNumber): Promise<void>;
  /** Throws Conflict when it has been written, removed or given to another account since it was read. */
  replace(number: PhoneNumber, version: number): Promise<void>;
  /** In the order of their digits; an index tells of them, which may be a moment behind. */
  list(accountSid: string): Promise<PhoneNumber[]>;
}

/** Of a number that was stored before numbers had versions. */
const UNVERSIONED = -1;

export function createNumbers(table: Table): Numbers {
  const ownedBy = (accountSid: string) => `${accountSid}#numbers`;

  const item = (number: PhoneNumber, version: number): Item => {
    const { pk, sk } = key.number(number.number);
    return {
      pk: { S: pk },
      sk: { S: sk },
      gsi1pk: { S: ownedBy(number.accountSid) },
      gsi1sk: { S: number.number },
      number: json(number),
      version: { N: String(version) },
    };
  };

  async function read(e164: string): Promise<Stored<PhoneNumber> | undefined> {
    const found = await table.get(key.number(e164));
    const value = parseJson<PhoneNumber>(found?.['number']);
    return value && { value, version: Number(found?.['version']?.N ?? UNVERSIONED) };
  }

  return {
    read,

    get: async e164 => (await read(e164))?.value,

    put: number => table.put(item(number, 0)),

    replace: (number, version) =>
      table.put(item(number, version + 1), unchanged(ownedBy(number.accountSid), version)),

    async list(accountSid) {
      const { items } = await table.query({
        index: ACCOUNT_INDEX,
        expression: 'gsi1pk = :owner',
        values: { ':owner': { S: ownedBy(accountSid) } },
        limit: MAX_NUMBERS_LISTED,
      });
      return items.map(each => parseJson<PhoneNumber>(each['number'])).filter(number => number !== undefined);
    },
  };
}

/** A number that was removed and added again begins with the first version anew, perhaps for another account. */
function unchanged(owner: string, version: number): Condition {
  const values = { ':owner': { S: owner } };
  return version === UNVERSIONED
    ? { expression: 'gsi1pk = :owner AND attribute_not_exists(version)', values }
    : {
        expression: 'gsi1pk = :owner AND version = :version',
        values: { ...values, ':version': { N: String(version) } },
      };
}
