import type { CreateTableCommandInput, GlobalSecondaryIndex } from '@aws-sdk/client-dynamodb';
import type { DynamoDb } from './dynamodb.ts';
import { itemSize, type WireItem } from './item-size.ts';
import { type AwsRequest, type AwsService, targetOperation } from './service.ts';

/** Request units of on-demand capacity that one request consumed. */
export interface Consumed {
  readUnits: number;
  writeUnits: number;
}

/**
 * The same DynamoDB, telling what each request consumes as the service would bill it (developer guide, "Read and write operations"): a read is half a
 * unit for each 4 kB begun, or a whole one when it is consistent; a write is one unit for each 1 kB begun of the larger of
 * the item before and after, also when its condition fails; a change that an index sees is billed again for the index.
 *
 * The emulator leaves the indexes out of what a write consumes, so writes are measured by looking at the item before and after.
 */
export function meteredDynamoDb(
  dynamoDb: DynamoDb,
  table: CreateTableCommandInput,
  onConsumed: (consumed: Consumed, request: AwsRequest) => void,
): AwsService {
  const indexes = table.GlobalSecondaryIndexes ?? [];
  const keyNames = (table.KeySchema ?? []).map(({ AttributeName = '' }) => AttributeName);

  async function stored(key: WireItem): Promise<WireItem | undefined> {
    const input = { TableName: table.TableName, Key: pick(key, keyNames), ConsistentRead: true };
    return (await dynamoDb.run('GetItem', input)).output['Item'] as WireItem | undefined;
  }

  async function meterWrite(request: AwsRequest, writes: Write[]) {
    const before = await Promise.all(writes.map(write => stored(write.key)));
    const response = await dynamoDb.service(request);
    const conditionFailed = response.body.toString().includes('ConditionalCheckFailedException');
    if (response.status === 200 || conditionFailed) {
      let writeUnits = 0;
      for (const [i, write] of writes.entries()) {
        const after = write.after ?? (write.kind === 'update' ? await stored(write.key) : undefined);
        writeUnits += units(Math.max(sizeOf(before[i]), sizeOf(after)));
        if (!conditionFailed) {
          for (const index of indexes) writeUnits += indexWriteUnits(index, keyNames, before[i], after);
        }
      }
      onConsumed({ readUnits: 0, writeUnits }, request);
    }
    return response;
  }

  async function meterRead(request: AwsRequest, input: Record<string, unknown>) {
    const body = Buffer.from(JSON.stringify({ ...input, ReturnConsumedCapacity: 'TOTAL' }));
    const response = await dynamoDb.service({ ...request, body });
    if (response.status !== 200) return response;
    const { ConsumedCapacity, ...output } = JSON.parse(response.body.toString());
    const consumed: { CapacityUnits?: number }[] = [ConsumedCapacity ?? []].flat();
    const readUnits = consumed.reduce((total, { CapacityUnits = 0 }) => total + CapacityUnits, 0);
    // Looking for something and finding nothing costs as much as finding the smallest thing.
    onConsumed({ readUnits: Math.max(readUnits, 0.5), writeUnits: 0 }, request);
    if (input['ReturnConsumedCapacity']) return response;
    const { 'x-amz-crc32': _, ...headers } = response.headers;
    return { ...response, headers, body: JSON.stringify(output) };
  }

  return async request => {
    const operation = targetOperation(request);
    const read = ['GetItem', 'BatchGetItem', 'Query', 'Scan'].includes(operation);
    const list = Object.hasOwn(WRITES, operation) ? WRITES[operation] : undefined;
    if (!read && list === undefined) return dynamoDb.service(request);
    let input: Record<string, unknown>;
    let writes: Write[] = [];
    try {
      input = JSON.parse(request.body.toString());
      if (list !== undefined) writes = list(input as never, table.TableName ?? '');
    } catch {
      // Whatever is wrong with it, the service says it better.
      return dynamoDb.service(request);
    }
    return read ? meterRead(request, input) : meterWrite(request, writes);
  };
}

interface Write {
  kind: 'put' | 'update' | 'delete';
  key: WireItem;
  /** Known in advance for a put only. */
  after?: WireItem;
}

const put = (item: WireItem): Write => ({ kind: 'put', key: item, after: item });

/** The writes in the input of an operation. */
const WRITES: Record<string, (input: never, tableName: string) => Write[]> = {
  PutItem: ({ Item }: { Item: WireItem }) => [put(Item)],
  UpdateItem: ({ Key }: { Key: WireItem }) => [{ kind: 'update', key: Key }],
  DeleteItem: ({ Key }: { Key: WireItem }) => [{ kind: 'delete', key: Key }],
  BatchWriteItem: (input: { RequestItems: Record<string, BatchWrite[]> }, tableName) =>
    (input.RequestItems[tableName] ?? []).map(({ PutRequest, DeleteRequest }) =>
      PutRequest ? put(PutRequest.Item) : { kind: 'delete', key: DeleteRequest?.Key ?? {} },
    ),
};

interface BatchWrite {
  PutRequest?: { Item: WireItem };
  DeleteRequest?: { Key: WireItem };
}

/** What a change of the item costs in one index: nothing, one write, or two when the entry moves to another key. */
function indexWriteUnits(
  index: GlobalSecondaryIndex,
  tableKeys: string[],
  before: WireItem | undefined,
  after: WireItem | undefined,
): number {
  const was = indexEntry(index, tableKeys, before);
  const is = indexEntry(index, tableKeys, after);
  if (was === undefined && is === undefined) return 0;
  if (was === undefined || is === undefined) return units(sizeOf(was ?? is));
  if (same(pick(was, keysOf(index)), pick(is, keysOf(index)))) {
    return same(was, is) ? 0 : units(Math.max(sizeOf(was), sizeOf(is)));
  }
  return units(sizeOf(was)) + units(sizeOf(is));
}

/** What the index keeps of an item, or undefined when the item is not in it. */
function indexEntry(
  index: GlobalSecondaryIndex,
  tableKeys: string[],
  item: WireItem | undefined,
): WireItem | undefined {
  if (item === undefined || !keysOf(index).every(name => name in item)) return undefined;
  if (index.Projection?.ProjectionType === 'ALL') return item;
  return pick(item, [...tableKeys, ...keysOf(index), ...(index.Projection?.NonKeyAttributes ?? [])]);
}

function keysOf(index: GlobalSecondaryIndex): string[] {
  return (index.KeySchema ?? []).map(({ AttributeName = '' }) => AttributeName);
}

function units(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1024));
}

function sizeOf(item: WireItem | undefined): number {
  return item === undefined ? 0 : itemSize(item);
}

function pick(item: WireItem, names: string[]): WireItem {
  const picked: WireItem = {};
  for (const name of names) if (item[name] !== undefined) picked[name] = item[name];
  return picked;
}

function same(a: WireItem, b: WireItem): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
