import {
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDb, type DynamoDb } from '../../../local/aws/dynamodb.ts';
import { meteredDynamoDb } from '../../../local/aws/dynamodb-meter.ts';
import { createEventBridge } from '../../../local/aws/event-bridge/event-bridge.ts';
import { createFauxqs, type Fauxqs } from '../../../local/aws/fauxqs.ts';
import { type Front, startFront } from '../../../local/aws/front.ts';
import { createKms } from '../../../local/aws/kms.ts';
import { tableDefinition } from '../../../local/aws/table.ts';
import { costOf, since, UsageCounter } from '../../../local/aws/usage.ts';
import { clientConfig } from './sdk.ts';

describe('usage', () => {
  const usage = new UsageCounter();
  const table = tableDefinition('dialplane');
  let dynamoDb: DynamoDb;
  let fauxqs: Fauxqs;
  let front: Front;
  let db: DynamoDBClient;
  let sqs: SQSClient;

  beforeAll(async () => {
    dynamoDb = createDynamoDb();
    fauxqs = await createFauxqs();
    front = await startFront({
      services: {
        dynamodb: meteredDynamoDb(dynamoDb, table, consumed => usage.noteConsumed(consumed)),
        sqs: fauxqs.service,
        s3: fauxqs.service,
        kms: createKms('key'),
        events: createEventBridge({ now: Date.now, onTargetError: () => {} }).service,
      },
      observe: call => usage.noteCall(call),
    });
    db = new DynamoDBClient(clientConfig(front));
    sqs = new SQSClient(clientConfig(front));
    await db.send(new CreateTableCommand(table));
  });

  afterAll(async () => {
    for (const client of [db, sqs]) client.destroy();
    await front.close();
    await fauxqs.close();
    await dynamoDb.close();
  });

  /** What was billed for something. */
  async function billedFor(act: () => Promise<unknown>) {
    const before = usage.read();
    await act().catch(() => {});
    return since(before, usage.read()).billed;
  }

  const TableName = 'dialplane';
  const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'call' } });
  const text = (bytes: number) => ({ S: 'x'.repeat(bytes) });
  const listed = (pk: string) => ({ ...key(pk), gsi1pk: { S: 'AC#calls' }, gsi1sk: { S: pk } });
  const put = (Item: object, more: object = {}) =>
    db.send(new PutItemCommand({ TableName, Item: Item as never, ...more }));
  const update = (pk: string, name: string, value: object) =>
    db.send(
      new UpdateItemCommand({
        TableName,
        Key: key(pk),
        UpdateExpression: 'SET #n = :v',
        ExpressionAttributeNames: { '#n': name },
        ExpressionAttributeValues: { ':v': value as never },
      }),
    );

  describe('of DynamoDB', () => {
    it.each([
      ['a small item', 100, 1],
      ['just over 1 kB', 1024, 2],
      ['3 kB', 3000, 3],
    ])('writes %s', async (_, bytes, units) => {
      expect(await billedFor(() => put({ ...key(`w${bytes}`), text: text(bytes) }))).toEqual({
        dynamoDbWrites: units,
      });
    });

    it('writes an item over a larger one by the larger', async () => {
      await put({ ...key('shrink'), text: text(2500) });
      expect(await billedFor(() => put(key('shrink')))).toEqual({ dynamoDbWrites: 3 });
    });

    it('bills a write whose condition fails', async () => {
      await put({ ...key('taken'), text: text(1500) });
      const again = () => put(key('taken'), { ConditionExpression: 'attribute_not_exists(pk)' });
      expect(await billedFor(again)).toEqual({ dynamoDbWrites: 2 });
    });

    it('bills the index for what it sees, and nothing for what it does not', async () => {
      expect(await billedFor(() => put(listed('i1')))).toEqual({ dynamoDbWrites: 2 });
      expect(await billedFor(() => update('i1', 'unseen', text(10)))).toEqual({ dynamoDbWrites: 1 });
      expect(await billedFor(() => update('i1', 'number', text(10)))).toEqual({ dynamoDbWrites: 2 });
      expect(await billedFor(() => update('i1', 'gsi1sk', { S: 'moved' }))).toEqual({ dynamoDbWrites: 3 });
      const remove = () => db.send(new DeleteItemCommand({ TableName, Key: key('i1') }));
      expect(await billedFor(remove)).toEqual({ dynamoDbWrites: 2 });
    });

    it.each([
      ['eventually', 100, false, 0.5],
      ['consistently', 100, true, 1],
      ['5 kB eventually', 5000, false, 1],
      ['5 kB consistently', 5000, true, 2],
    ])('reads %s', async (_, bytes, ConsistentRead, units) => {
      await put({ ...key('r'), text: text(bytes) });
      const get = () => db.send(new GetItemCommand({ TableName, Key: key('r'), ConsistentRead }));
      expect(await billedFor(get)).toEqual({ dynamoDbReads: units });
    });

    it('reads nothing for the least that there is, and does not show that it measured', async () => {
      const get = () => db.send(new GetItemCommand({ TableName, Key: key('none') }));
      expect(await billedFor(get)).toEqual({ dynamoDbReads: 0.5 });
      expect(await get()).not.toHaveProperty('ConsumedCapacity');
    });

    it('queries by the sum of what was looked at', async () => {
      for (const n of [1, 2, 3]) await put({ ...listed(`q${n}`), gsi1pk: { S: 'Q' }, number: text(3000) });
      const query = () =>
        db.send(
          new QueryCommand({
            TableName,
            IndexName: 'byAccount',
            KeyConditionExpression: 'gsi1pk = :q',
            ExpressionAttributeValues: { ':q': { S: 'Q' } },
          }),
        );
      expect(await billedFor(query)).toEqual({ dynamoDbReads: 1.5 });
    });
  });

  it('of queues: requests by kind of queue, and polls that brought nothing apart', async () => {
    const standard = front.url + (await fauxqs.createQueue('plain'));
    const fifo = front.url + (await fauxqs.createQueue('line.fifo', { FifoQueue: 'true' }));
    const before = usage.read();
    const send = (QueueUrl: string, bytes: number, more: object = {}) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x'.repeat(bytes), ...more }));
    await send(standard, 10);
    await send(standard, 65 * 1024);
    await send(fifo, 10, { MessageGroupId: 'a', MessageDeduplicationId: 'a' });
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: fifo }));
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: fifo }));
    const used = since(before, usage.read());
    expect(used.billed).toEqual({ sqsStandard: 3, sqsFifo: 2 });
    expect(used.idlePolls).toBe(1);
    expect(used.requests).toEqual({ 'sqs.SendMessage': 3, 'sqs.ReceiveMessage': 2 });
  });

  it('of the bus, of keys, of buckets', async () => {
    await fauxqs.createBucket('audio');
    const events = new EventBridgeClient(clientConfig(front));
    const kms = new KMSClient(clientConfig(front));
    const s3 = new S3Client(clientConfig(front));
    const entry = (bytes: number) => ({
      Source: 'dialplane',
      DetailType: 'x',
      Detail: JSON.stringify({ text: 'x'.repeat(bytes) }),
    });
    const billed = await billedFor(async () => {
      await events.send(new PutEventsCommand({ Entries: [entry(1), entry(1), entry(65 * 1024)] }));
      const { CiphertextBlob } = await kms.send(
        new EncryptCommand({ KeyId: 'key', Plaintext: Buffer.from('x') }),
      );
      await kms.send(new DecryptCommand({ CiphertextBlob }));
      await s3.send(new PutObjectCommand({ Bucket: 'audio', Key: 'a', Body: 'x' }));
      await s3.send(new GetObjectCommand({ Bucket: 'audio', Key: 'a' }));
    });
    for (const client of [events, kms, s3]) client.destroy();
    expect(billed).toEqual({ busEntries: 4, kms: 2, s3Writes: 1, s3Reads: 1 });
  });

  it('of functions: requests and GB-seconds', () => {
    const counter = new UsageCounter();
    const invocation = { requestId: '', payload: '', startedAtMs: 0 };
    counter.noteInvocation({ ...invocation, functionName: 'api', durationMs: 500, memoryMb: 512 });
    counter.noteInvocation({
      ...invocation,
      functionName: 'api',
      durationMs: 100,
      memoryMb: 1024,
      functionError: 'Unhandled',
    });
    expect(counter.read().billed['lambdaDuration']).toBeCloseTo(0.35);
    expect(counter.read().functions).toEqual({ api: { invocations: 2, errors: 1, billedMs: 600 } });
  });

  it('turns into money by the price list', () => {
    const nothing = { functions: {}, requests: {}, idlePolls: 7 };
    const { lines, dollars } = costOf({ ...nothing, billed: { lambdaRequests: 10, kms: 2 } });
    expect(lines).toEqual([
      { item: 'lambdaRequests', unit: 'Lambda requests', quantity: 10, dollars: 0.000002 },
      { item: 'kms', unit: 'KMS requests', quantity: 2, dollars: 0.000006 },
    ]);
    expect(dollars).toBeCloseTo(0.000008, 12);
  });
});
