/** Items that are read many at a time: DynamoDB takes 100 keys a request, and may leave some for another one. */
import { afterEach, expect, it } from 'vitest';
import { createTable, type Item } from '../../aws/table.ts';
import { startFront } from '../../local/aws/front.ts';
import { jsonService } from '../../local/aws/service.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A table that has every item, and whose answers have no more than so many. */
async function tableOf(mostItems: number) {
  const asked: number[] = [];
  const front = await startFront({
    services: {
      dynamodb: jsonService('application/x-amz-json-1.0', {
        BatchGetItem: ({ RequestItems }) => {
          const { Keys } = (RequestItems as { calls: { Keys: Item[] } }).calls;
          asked.push(Keys.length);
          const left = Keys.slice(mostItems);
          return {
            Responses: { calls: Keys.slice(0, mostItems) },
            UnprocessedKeys: left.length > 0 ? { calls: { Keys: left } } : {},
          };
        },
      }),
    },
  });
  closing.push(front.close);
  const env = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'function',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_DYNAMODB: front.url,
    TABLE_NAME: 'calls',
  };
  return { table: createTable(env), asked };
}

const keys = Array.from({ length: 250 }, (_, n) => ({ pk: `CA${n}`, sk: 'call' }));
const names = (items: Item[]) => items.map(({ pk }) => pk?.S);

it('They are asked for in parts of 100', async () => {
  const { table, asked } = await tableOf(100);
  expect(names(await table.getAll(keys))).toEqual(keys.map(({ pk }) => pk));
  expect(asked).toEqual([100, 100, 50]);
});

it('Those that an answer leaves out are asked for again', async () => {
  const { table, asked } = await tableOf(40);
  expect(names(await table.getAll(keys.slice(0, 110)))).toEqual(keys.slice(0, 110).map(({ pk }) => pk));
  expect(asked).toEqual([100, 60, 20, 10]);
});

it('None is asked for where there are none', async () => {
  const { table, asked } = await tableOf(40);
  expect(await table.getAll([])).toEqual([]);
  expect(asked).toEqual([]);
});

it('An answer with none of them ends it', async () => {
  const { table } = await tableOf(0);
  await expect(table.getAll(keys)).rejects.toThrow('too busy');
});
