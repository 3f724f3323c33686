import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDb, type DynamoDb } from '../../../local/aws/dynamodb.ts';
import type { Front } from '../../../local/aws/front.ts';
import { tableDefinition } from '../../../local/aws/table.ts';
import { clientConfig, frontWith } from './sdk.ts';

describe('DynamoDB', () => {
  let dynamoDb: DynamoDb;
  let front: Front;
  let client: DynamoDBClient;

  beforeAll(async () => {
    dynamoDb = createDynamoDb();
    ({ front } = await frontWith({ dynamodb: dynamoDb.service }));
    client = new DynamoDBClient(clientConfig(front));
    await client.send(new CreateTableCommand(tableDefinition('dialplane')));
  });

  afterAll(async () => {
    client.destroy();
    await front.close();
    await dynamoDb.close();
  });

  const item = (pk: string, account: string, createdAt: string) => ({
    pk: { S: pk },
    sk: { S: 'call' },
    gsi1pk: { S: `${account}#calls` },
    gsi1sk: { S: createdAt },
    number: { M: { sid: { S: pk } } },
    secretSauce: { S: 'not in the index' },
  });

  it('gives back the item that was put', async () => {
    await client.send(new PutItemCommand({ TableName: 'dialplane', Item: item('CA1', 'AC1', '1') }));
    const key = { pk: { S: 'CA1' }, sk: { S: 'call' } };
    const { Item } = await client.send(new GetItemCommand({ TableName: 'dialplane', Key: key }));
    expect(Item).toEqual(item('CA1', 'AC1', '1'));
  });

  it('refuses a write whose condition does not hold, with the exception of the service', async () => {
    const put = () =>
      client.send(
        new PutItemCommand({
          TableName: 'dialplane',
          Item: item('CA2', 'AC2', '1'),
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
    await put();
    await expect(put()).rejects.toBeInstanceOf(ConditionalCheckFailedException);
  });

  it('lists the calls of an account by the index, newest first, with what the index carries', async () => {
    await client.send(new PutItemCommand({ TableName: 'dialplane', Item: item('CA3', 'AC3', '2026-01-01') }));
    await client.send(new PutItemCommand({ TableName: 'dialplane', Item: item('CA4', 'AC3', '2026-01-02') }));
    const { Items } = await client.send(
      new QueryCommand({
        TableName: 'dialplane',
        IndexName: 'byAccount',
        KeyConditionExpression: 'gsi1pk = :account',
        ExpressionAttributeValues: { ':account': { S: 'AC3#calls' } },
        ScanIndexForward: false,
      }),
    );
    expect(Items?.map(found => found['pk']?.S)).toEqual(['CA4', 'CA3']);
    expect(Items?.[0]).toHaveProperty('number');
    expect(Items?.[0]).not.toHaveProperty('secretSauce');
  });

  it('answers at once, also to twenty writes at a time', async () => {
    const writes = Array.from({ length: 20 }, (_, n) =>
      client.send(new PutItemCommand({ TableName: 'dialplane', Item: item(`CB${n}`, 'AC5', String(n)) })),
    );
    await expect(Promise.all(writes)).resolves.toHaveLength(20);
  });
});
