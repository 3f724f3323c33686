import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createAccounts } from '../../aws/accounts.ts';
import { required } from '../../aws/clients.ts';
import { createTable } from '../../aws/table.ts';
import { createTokens } from '../../aws/tokens.ts';
import { resourceHandler } from '../custom-resource.ts';
import { deployed } from '../function-context.ts';
import { firstAccount } from './first-account.ts';

const { env, clock } = deployed;

const kind = firstAccount({
  accounts: createAccounts(createTable(env), createTokens(env, clock)),
  secrets: new SecretsManagerClient({}),
  secretId: required(env, 'SECRET_ID'),
});

export const handler = resourceHandler(kind, deployed);
