/** Accounts and their auth tokens. */
import { type Item, key, type Table } from './table.ts';
import type { Tokens } from './tokens.ts';

export interface Account {
  accountSid: string;
  friendlyName: string;
  /** How many calls a second are placed for it at most. */
  callsPerSecond: number;
}

export interface NewAccount extends Account {
  authToken: string;
}

export interface Accounts {
  get(accountSid: string): Promise<Account | undefined>;
  /** The account's auth token; undefined when there is no such account. */
  authToken(accountSid: string): Promise<string | undefined>;
  put(account: NewAccount): Promise<void>;
}

/** Chime's own default for placing calls. */
export const DEFAULT_CALLS_PER_SECOND = 1;

export function createAccounts(table: Table, tokens: Tokens): Accounts {
  return {
    async get(accountSid) {
      const item = await table.get(key.account(accountSid));
      return item && decode(item);
    },

    async authToken(accountSid) {
      const item = await table.get(key.account(accountSid));
      const ciphertext = item?.['authTokenCiphertext']?.B;
      return ciphertext && tokens.decrypt(accountSid, ciphertext);
    },

    async put({ accountSid, friendlyName, callsPerSecond, authToken }) {
      const { pk, sk } = key.account(accountSid);
      await table.put({
        pk: { S: pk },
        sk: { S: sk },
        accountSid: { S: accountSid },
        friendlyName: { S: friendlyName },
        callsPerSecond: { N: String(callsPerSecond) },
        authTokenCiphertext: { B: await tokens.encrypt(accountSid, authToken) },
      });
    },
  };
}

function decode(item: Item): Account {
  return {
    accountSid: item['accountSid']?.S ?? '',
    friendlyName: item['friendlyName']?.S ?? '',
    callsPerSecond: Number(item['callsPerSecond']?.N ?? DEFAULT_CALLS_PER_SECOND),
  };
}
