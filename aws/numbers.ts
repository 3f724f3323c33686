/** Phone numbers of the accounts. */
import type { PhoneNumber } from '../core/operation.ts';
import { ACCOUNT_INDEX, json, key, parseJson, type Table } from './table.ts';

/** Numbers of one account that are listed; the voice service allows 5 until its quota is raised. */
export const MAX_NUMBERS_LISTED = 1_000;

export interface Numbers {
  get(e164: string): Promise<PhoneNumber | undefined>;
  put(number: PhoneNumber): Promise<void>;
  /** In the order of their digits. */
  list(accountSid: string): Promise<PhoneNumber[]>;
}

export function createNumbers(table: Table): Numbers {
  const ownedBy = (accountSid: string) => `${accountSid}#numbers`;
  return {
    async get(e164) {
      return parseJson<PhoneNumber>((await table.get(key.number(e164)))?.['number']);
    },

    async put(number) {
      const { pk, sk } = key.number(number.number);
      await table.put({
        pk: { S: pk },
        sk: { S: sk },
        gsi1pk: { S: ownedBy(number.accountSid) },
        gsi1sk: { S: number.number },
        number: json(number),
      });
    },

    async list(accountSid) {
      const { items } = await table.query({
        index: ACCOUNT_INDEX,
        expression: 'gsi1pk = :owner',
        values: { ':owner': { S: ownedBy(accountSid) } },
        limit: MAX_NUMBERS_LISTED,
      });
      return items.map(item => parseJson<PhoneNumber>(item['number'])).filter(number => number !== undefined);
    },
  };
}
