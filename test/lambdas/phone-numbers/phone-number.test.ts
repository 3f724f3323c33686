import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNumbers, type Numbers } from '../../../aws/numbers.ts';
import { createTable } from '../../../aws/table.ts';
import { callbackOf } from '../../../lambdas/callbacks.ts';
import { resourceHandler } from '../../../lambdas/custom-resource.ts';
import {
  NEW_NUMBERS_DIALECT,
  type PhoneNumberProperties,
  phoneNumber,
} from '../../../lambdas/phone-numbers/phone-number.ts';
import { CloudFormation } from '../cloud-formation.ts';
import { type LocalAws, startLocalAws } from '../local-aws.ts';

const ours = `AC${'0'.repeat(32)}`;
const theirs = `AC${'f'.repeat(32)}`;
const properties = { PhoneNumber: '+12025550110', AccountSid: ours };

let aws: LocalAws;
let numbers: Numbers;
let cloudFormation: CloudFormation<PhoneNumberProperties>;

beforeEach(async () => {
  aws = await startLocalAws();
  numbers = createNumbers(createTable(aws.env));
  const client = new DynamoDBClient(aws.config);
  const clock = { now: () => 1_000, sleep: async () => {} };
  const kind = phoneNumber({ numbers, client, tableName: 'calls', clock });
  cloudFormation = new CloudFormation(
    resourceHandler(kind, { env: { LOG_LEVEL: 'silent' }, clock }),
    properties,
  );
  await cloudFormation.start();
});

afterEach(async () => {
  await cloudFormation.stop();
  await aws.close();
});

const remove = () => cloudFormation.ask({ RequestType: 'Delete', PhysicalResourceId: '+12025550110' });

test('Create lists the number under its account', async () => {
  const answer = await cloudFormation.ask({ RequestType: 'Create' });

  expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: '+12025550110' });
  expect(await numbers.list(ours)).toEqual([
    {
      sid: expect.stringMatching(/^PN[0-9a-f]{32}$/),
      number: '+12025550110',
      accountSid: ours,
      dialect: 'signalwire',
      friendlyName: '+12025550110',
      createdAtMs: 1_000,
      updatedAtMs: 1_000,
    },
  ]);
});

test.each(['Create', 'Update'] as const)(
  '%s keeps what the account has set on its number',
  async RequestType => {
    await cloudFormation.ask({ RequestType: 'Create' });
    const [number] = await numbers.list(ours);
    if (!number) throw new Error('no number');
    const changed = { ...number, voice: { url: 'https://customer.example/voice', method: 'POST' as const } };
    await numbers.put(changed);

    const answer = await cloudFormation.ask({ RequestType, PhysicalResourceId: '+12025550110' });

    expect(answer.Status).toBe('SUCCESS');
    expect(await numbers.list(ours)).toEqual([changed]);
  },
);

test('A number of another account is refused with what to do, and stays theirs', async () => {
  await cloudFormation.ask({
    RequestType: 'Create',
    ResourceProperties: { ...properties, AccountSid: theirs },
  });

  const answer = await cloudFormation.ask({ RequestType: 'Create' });
  const removal = await remove();

  expect(answer.Status).toBe('FAILED');
  expect(answer.Reason).toContain(`+12025550110 belongs to account ${theirs}; release it there`);
  expect(removal.Status).toBe('SUCCESS');
  expect(await numbers.list(theirs)).toHaveLength(1);
});

test('Delete takes the number from the list, and a second time it is done', async () => {
  await cloudFormation.ask({ RequestType: 'Create' });

  expect((await remove()).Status).toBe('SUCCESS');
  expect(await numbers.list(ours)).toEqual([]);
  expect((await remove()).Status).toBe('SUCCESS');
});

test('A number that comes back has the SID that it had', async () => {
  await cloudFormation.ask({ RequestType: 'Create' });
  const [before] = await numbers.list(ours);
  await remove();
  await cloudFormation.ask({ RequestType: 'Create' });
  const [after] = await numbers.list(ours);

  expect(after?.sid).toBe(before?.sid);
});

test('A new number speaks a dialect that there is', () => {
  expect(callbackOf(NEW_NUMBERS_DIALECT)).toBeTypeOf('function');
  expect(() => callbackOf('esperanto')).toThrow('There is no dialect called esperanto.');
});
