import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientConfiguration, required } from '../../aws/clients.ts';
import { createNumbers } from '../../aws/numbers.ts';
import { createTable } from '../../aws/table.ts';
import { systemClock } from '../../core/clock.ts';
import { resourceHandler } from '../custom-resource.ts';
import { phoneNumber } from './phone-number.ts';

const { env } = process;

const kind = phoneNumber({
  numbers: createNumbers(createTable(env)),
  client: new DynamoDBClient(clientConfiguration('DYNAMODB', env)),
  tableName: required(env, 'TABLE_NAME'),
  clock: systemClock,
});

export const handler = resourceHandler(kind, systemClock.sleep);
