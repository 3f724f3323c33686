/** The one table: its keys, and the few shapes of request that everything else is made of. */
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { partsOf } from '../core/parts.ts';
import { clientConfiguration, type Environment, required } from './clients.ts';

export type Item = Record<string, AttributeValue>;

export interface Key {
  pk: string;
  sk: string;
}

/** One request takes no more keys. */
const MAX_BATCH_GET = 100;

/** Items by account: its calls, newest last, and its numbers. */
export const ACCOUNT_INDEX = 'byAccount';

export const key = {
  account: (accountSid: string): Key => ({ pk: `account#${accountSid}`, sk: 'account' }),
  number: (e164: string): Key => ({ pk: `number#${e164}`, sk: 'number' }),
  call: (rootSid: string): Key => ({ pk: rootSid, sk: 'call' }),
  document: (rootSid: string, id: string): Key => ({ pk: rootSid, sk: `document#${id}` }),
  command: (rootSid: string, id: string): Key => ({ pk: rootSid, sk: `command#${id}` }),
  toldEnd: (rootSid: string): Key => ({ pk: rootSid, sk: 'told-end' }),
  delivery: (rootSid: string, eventId: string): Key => ({ pk: rootSid, sk: `delivery#${eventId}` }),
  trunk: (accountSid: string, name: string): Key => ({ pk: `account#${accountSid}`, sk: `trunk#${name}` }),
  route: (accountSid: string, id: string): Key => ({ pk: `account#${accountSid}`, sk: `route#${id}` }),
  application: (accountSid: string, sid: string): Key => ({
    pk: `account#${accountSid}`,
    sk: `application#${sid}`,
  }),
  client: (accountSid: string, name: string): Key => ({ pk: `account#${accountSid}`, sk: `client#${name}` }),
  registration: (accountSid: string, name: string): Key => ({
    pk: `account#${accountSid}`,
    sk: `registration#${name}`,
  }),
};

/** Somebody else has written the item since it was read, or it is there already. */
export class Conflict extends Error {
  override name = 'Conflict';
}

export interface Table {
  get(key: Key): Promise<Item | undefined>;
  /** Those of these items that are there, in no particular order, perhaps as they were a moment ago. */
  getAll(keys: readonly Key[]): Promise<Item[]>;
  /** Throws Conflict when the condition does not hold. */
  put(item: Item, condition?: Condition): Promise<void>;
  update(key: Key, expression: string, values: Item, condition?: Condition): Promise<Item>;
  query(query: Query): Promise<{ items: Item[]; last?: Item }>;
  /** The item that was there; undefined when there was none. */
  remove(key: Key): Promise<Item | undefined>;
}

export interface Condition {
  expression: string;
  values?: Item;
}

export interface Query {
  index?: string;
  expression: string;
  values: Item;
  limit?: number;
  newestFirst?: boolean;
  /** Sees every write that was answered before; an index cannot. */
  consistent?: boolean;
  after?: Item;
}

export const NEW: Condition = { expression: 'attribute_not_exists(pk)' };

export function createTable(env: Environment): Table {
  const client = new DynamoDBClient(clientConfiguration('DYNAMODB', env));
  const TableName = required(env, 'TABLE_NAME');
  const keyItem = ({ pk, sk }: Key): Item => ({ pk: { S: pk }, sk: { S: sk } });

  async function getPart(keys: Item[]): Promise<Item[]> {
    const items: Item[] = [];
    let left = keys;
    // More than 16 MB come in several answers.
    while (left.length > 0) {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: left } } }),
      );
      items.push(...(Responses?.[TableName] ?? []));
      const missing = UnprocessedKeys?.[TableName]?.Keys ?? [];
      if (missing.length === left.length) throw new Error('The table is too busy to be read.');
      left = missing;
    }
    return items;
  }

  return {
    async get(itemKey) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName, Key: keyItem(itemKey), ConsistentRead: true }),
      );
      return Item;
    },

    async getAll(keys) {
      const parts = partsOf(keys.map(keyItem), MAX_BATCH_GET);
      const items: Item[] = [];
      for (const part of parts) items.push(...(await getPart(part)));
      return items;
    },

    async put(item, condition) {
      await conflicts(
        client.send(
          new PutItemCommand({
            TableName,
            Item: item,
            ConditionExpression: condition?.expression,
            ExpressionAttributeValues: condition?.values,
          }),
        ),
      );
    },

    async update(itemKey, expression, values, condition) {
      const { Attributes } = await conflicts(
        client.send(
          new UpdateItemCommand({
            TableName,
            Key: keyItem(itemKey),
            UpdateExpression: expression,
            ConditionExpression: condition?.expression,
            ExpressionAttributeValues: { ...values, ...condition?.values },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      return Attributes ?? {};
    },

    async query({ index, expression, values, limit, newestFirst, consistent, after }) {
      const { Items, LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName,
          IndexName: index,
          KeyConditionExpression: expression,
          ExpressionAttributeValues: values,
          Limit: limit,
          ScanIndexForward: newestFirst !== true,
          ExclusiveStartKey: after,
          ConsistentRead: consistent,
        }),
      );
      return { items: Items ?? [], ...(LastEvaluatedKey && { last: LastEvaluatedKey }) };
    },

    async remove(itemKey) {
      const { Attributes } = await client.send(
        new DeleteItemCommand({ TableName, Key: keyItem(itemKey), ReturnValues: 'ALL_OLD' }),
      );
      return Attributes;
    },
  };
}

async function conflicts<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) throw new Conflict(error.message, { cause: error });
    throw error;
  }
}

/** A JSON value as one attribute: it is read and written whole, and a quarter of the size of its attribute form. */
export const json = (value: unknown): AttributeValue => ({ S: JSON.stringify(value) });

export function parseJson<T>(attribute: AttributeValue | undefined): T | undefined {
  return attribute?.S === undefined ? undefined : (JSON.parse(attribute.S) as T);
}

/** A DynamoDB time to live: whole epoch seconds. */
export const expiry = (atMs: number): AttributeValue => ({ N: String(Math.ceil(atMs / 1000)) });
