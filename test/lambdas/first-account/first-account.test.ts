import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Accounts, createAccounts } from '../../../aws/accounts.ts';
import { createTable } from '../../../aws/table.ts';
import { createTokens } from '../../../aws/tokens.ts';
import { resourceHandler } from '../../../lambdas/custom-resource.ts';
import { type FirstAccountProperties, firstAccount } from '../../../lambdas/first-account/first-account.ts';
import { CloudFormation } from '../cloud-formation.ts';
import { type LocalAws, startLocalAws } from '../local-aws.ts';

const clock = { now: () => 0, sleep: async () => {} };
const properties = { FriendlyName: 'First account', TokenVersion: '1' };

let aws: LocalAws;
let accounts: Accounts;
let cloudFormation: CloudFormation<FirstAccountProperties>;

beforeEach(async () => {
  aws = await startLocalAws();
  aws.secret = 'a'.repeat(32);
  accounts = createAccounts(createTable(aws.env), createTokens(aws.env, clock));
  const secrets = new SecretsManagerClient(aws.config);
  const kind = firstAccount({ accounts, secrets, secretId: 'auth-token' });
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

const update = (accountSid: string, changes: Partial<FirstAccountProperties> = {}) =>
  cloudFormation.ask({
    RequestType: 'Update',
    PhysicalResourceId: accountSid,
    ResourceProperties: { ...properties, ...changes },
    OldResourceProperties: properties,
  });

test("Create stores an account with the secret's token, and its SID is the resource's id", async () => {
  const answer = await cloudFormation.ask({ RequestType: 'Create' });

  expect(answer).toMatchObject({
    Status: 'SUCCESS',
    PhysicalResourceId: expect.stringMatching(/^AC[0-9a-f]{32}$/),
  });
  const sid = answer.PhysicalResourceId;
  expect(await accounts.get(sid)).toEqual({
    accountSid: sid,
    friendlyName: 'First account',
    callsPerSecond: 1,
  });
  expect(await accounts.authToken(sid)).toBe('a'.repeat(32));
});

test('Create asked twice makes the same account', async () => {
  const first = await cloudFormation.ask({ RequestType: 'Create' });
  const second = await cloudFormation.ask({ RequestType: 'Create' });

  expect(second).toEqual(first);
});

test("another stack's account has another SID", async () => {
  const here = await cloudFormation.ask({ RequestType: 'Create' });
  const there = await cloudFormation.ask({ RequestType: 'Create', StackId: 'another stack' });

  expect(there.PhysicalResourceId).not.toBe(here.PhysicalResourceId);
});

describe('Update', () => {
  let sid: string;
  beforeEach(async () => {
    sid = (await cloudFormation.ask({ RequestType: 'Create' })).PhysicalResourceId;
    await accounts.put({
      accountSid: sid,
      friendlyName: 'Ours',
      callsPerSecond: 5,
      authToken: 'a'.repeat(32),
    });
  });

  test('stores the new token and keeps the SID and what was changed on the account', async () => {
    aws.secret = 'b'.repeat(32);

    const answer = await update(sid, { TokenVersion: '2' });

    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: sid });
    expect(await accounts.get(sid)).toEqual({ accountSid: sid, friendlyName: 'Ours', callsPerSecond: 5 });
    expect(await accounts.authToken(sid)).toBe('b'.repeat(32));
  });

  test('renames the account only when the template has another name', async () => {
    await update(sid, { FriendlyName: 'Switchboard' });

    expect((await accounts.get(sid))?.friendlyName).toBe('Switchboard');
  });

  test.each(['', 'short', '{"token":"x"}', `${'a'.repeat(20)}:b`])(
    'refuses the secret %j, says what to store, does not repeat it, and leaves the account as it is',
    async secret => {
      aws.secret = secret;

      const answer = await update(sid, { TokenVersion: '2' });

      expect(answer.Status).toBe('FAILED');
      expect(answer.Reason).toContain('store 16 to 128 letters, digits, - or _');
      if (secret !== '') expect(answer.Reason).not.toContain(secret);
      expect(await accounts.authToken(sid)).toBe('a'.repeat(32));
    },
  );
});

test('Delete leaves the account', async () => {
  const { PhysicalResourceId } = await cloudFormation.ask({ RequestType: 'Create' });

  const answer = await cloudFormation.ask({ RequestType: 'Delete', PhysicalResourceId });

  expect(answer.Status).toBe('SUCCESS');
  expect(await accounts.authToken(PhysicalResourceId)).toBe('a'.repeat(32));
});
