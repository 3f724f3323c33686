import { createAccounts, DEFAULT_CALLS_PER_SECOND } from '../aws/accounts.ts';
import type { Environment } from '../aws/clients.ts';
import { createNumbers } from '../aws/numbers.ts';
import { createTable } from '../aws/table.ts';
import { createTokens } from '../aws/tokens.ts';
import { ACCOUNT_NUMBERS } from '../sma/network/handset-script.ts';
import type { PlatformClock } from './clock/platform-clock.ts';

export interface Seed {
  accountSid: string;
  authToken: string;
  callsPerSecond?: number | undefined;
}

/** The one account and its numbers, stored as a deployment stores them. */
export async function seedAccount(env: Environment, clock: PlatformClock, seed: Seed): Promise<void> {
  const table = createTable(env);
  const accounts = createAccounts(table, createTokens(env, clock));
  const numbers = createNumbers(table);
  const { accountSid, authToken, callsPerSecond = DEFAULT_CALLS_PER_SECOND } = seed;
  const createdAtMs = clock.now();
  await Promise.all([
    accounts.put({ accountSid, authToken, callsPerSecond, friendlyName: 'Local account' }),
    ...ACCOUNT_NUMBERS.map((number, index) =>
      numbers.put({
        sid: `PN${index.toString(16).padStart(32, '0')}`,
        number,
        accountSid,
        dialect: 'signalwire',
        friendlyName: number,
        createdAtMs,
        updatedAtMs: createdAtMs,
      }),
    ),
  ]);
}
