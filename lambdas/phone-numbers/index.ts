import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientConfiguration, required } from '../../aws/clients.ts';
import { createNumbers } from '../../aws/numbers.ts';
import { createTable } from '../../aws/table.ts';
import { resourceHandler } from '../custom-resource.ts';
import { deployed } from '../function-context.ts';
import { phoneNumber } from './phone-number.ts';

const { env, clock } = deployed;

const kind = phoneNumber({
  numbers: createNumbers(createTable(env)),
  client: new DynamoDBClient(clientConfiguration('DYNAMODB', env)),
  tableName: required(env, 'TABLE_NAME'),
  clock,
});

export const handler = resourceHandler(kind, deployed);
