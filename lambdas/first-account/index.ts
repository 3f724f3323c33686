import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createAccounts } from '../../aws/accounts.ts';
import { required } from '../../aws/clients.ts';
import { createTable } from '../../aws/table.ts';
import { createTokens } from '../../aws/tokens.ts';
import { systemClock } from '../../core/clock.ts';
import { resourceHandler } from '../custom-resource.ts';
import { firstAccount } from './first-account.ts';

const { env } = process;

const kind = firstAccount({
  accounts: createAccounts(createTable(env), createTokens(env, systemClock)),
  secrets: new SecretsManagerClient({}),
  secretId: required(env, 'SECRET_ID'),
});

export const handler = resourceHandler(kind, systemClock.sleep);
