import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNumbers, type Numbers } from '../../../aws/numbers.ts';
import { Conflict, createTable, json, key, type Table } from '../../../aws/table.ts';
import type { NumberChange, PhoneNumber } from '../../../core/operation.ts';
import { modifyNumber } from '../../../lambdas/api/operations/modify-number.ts';
import type { Tools } from '../../../lambdas/api/operations/operation.ts';
import { type LocalAws, startLocalAws } from '../local-aws.ts';
import { startAccountApi } from './account-api.ts';

const ACCOUNT = `AC${'1'.repeat(32)}`;
const NUMBER: PhoneNumber = {
  sid: `PN${'2'.repeat(32)}`,
  number: '+12025550110',
  accountSid: ACCOUNT,
  dialect: 'datatechlabs',
  friendlyName: 'Front desk',
  voice: { url: 'https://example.com/voice', method: 'GET' },
  createdAtMs: 1,
  updatedAtMs: 1,
};

async function changed(change: NumberChange): Promise<PhoneNumber> {
  let stored: PhoneNumber = NUMBER;
  const numbers = {
    list: async () => [stored],
    read: async () => ({ value: stored, version: 0 }),
    replace: async (number: PhoneNumber) => {
      stored = number;
    },
  };
  await modify(numbers, change);
  return stored;
}

async function modify(numbers: Partial<Tools['numbers']>, change: NumberChange) {
  const tools = { numbers, clock: { now: () => 2, sleep: async () => {} } } as unknown as Tools;
  const context = { request: { accountSid: ACCOUNT, headers: {} }, dialect: { name: 'signalwire' } };
  return modifyNumber({ numberSid: NUMBER.sid, change }, tools, context);
}

describe('A change of a number', () => {
  it('leaves alone what it does not name', async () => {
    expect(await changed({ friendlyName: 'Sales' })).toEqual({
      ...NUMBER,
      friendlyName: 'Sales',
      dialect: 'signalwire',
      updatedAtMs: 2,
    });
  });

  it('keeps the method when it names another URL', async () => {
    const { voice } = await changed({ voice: { url: 'https://example.com/new' } });
    expect(voice).toEqual({ url: 'https://example.com/new', method: 'GET' });
  });

  it('keeps the URL when it names another method', async () => {
    const { voice } = await changed({ voice: { method: 'POST' } });
    expect(voice).toEqual({ url: 'https://example.com/voice', method: 'POST' });
  });

  it('asks a first URL by POST unless it says otherwise', async () => {
    const { statusCallback } = await changed({ statusCallback: { url: 'https://example.com/s' } });
    expect(statusCallback).toEqual({ url: 'https://example.com/s', method: 'POST' });
  });

  it('takes a URL away by null', async () => {
    expect(await changed({ voice: null })).not.toHaveProperty('voice');
  });

  it('is refused when it names a method and there is no URL', async () => {
    await expect(changed({ voiceFallback: { method: 'GET' } })).rejects.toMatchObject({
      kind: 'missing-parameter',
      message: expect.stringContaining('send both'),
    });
  });
});

describe('While a number is being changed', () => {
  const OTHER = `AC${'3'.repeat(32)}`;
  const URL = { url: 'https://example.com/new', method: 'POST' } as const;
  const unknown = { kind: 'unknown-number' };
  let aws: LocalAws;
  let table: Table;
  let numbers: Numbers;

  beforeAll(async () => {
    aws = await startLocalAws();
    table = createTable(aws.env);
    numbers = createNumbers(table);
  });
  beforeEach(() => numbers.put(NUMBER));
  afterAll(() => aws.close());

  const remove = () => table.remove(key.number(NUMBER.number));

  /** The numbers, with an index that is a moment behind. */
  const behind = () => ({ ...numbers, list: async () => [NUMBER] });

  /** The numbers, with something that happens once a number was read. */
  const meanwhile = (happens: () => Promise<unknown>) => ({
    ...numbers,
    async read(e164: string) {
      const found = await numbers.read(e164);
      await happens();
      return found;
    },
  });

  it('an index that is behind takes no earlier change away', async () => {
    await modify(behind(), { voice: URL });
    await modify(behind(), { statusCallback: URL });
    expect(await numbers.get(NUMBER.number)).toMatchObject({ voice: URL, statusCallback: URL });
  });

  it('another change makes it be done anew', async () => {
    const changing = modify(
      meanwhile(() => modify(numbers, { voice: URL })),
      { statusCallback: URL },
    );
    await expect(changing).rejects.toThrow(Conflict);
    expect(await numbers.get(NUMBER.number)).toMatchObject({ voice: URL });
  });

  it('it is not written back once it was removed', async () => {
    await expect(modify(meanwhile(remove), { voice: URL })).rejects.toThrow(Conflict);
    await expect(modify(behind(), { voice: URL })).rejects.toMatchObject(unknown);
    expect(await numbers.get(NUMBER.number)).toBeUndefined();
  });

  it('it is not taken from whoever has it since', async () => {
    const given = { ...NUMBER, accountSid: OTHER };
    const give = async () => {
      await remove();
      await numbers.put(given);
    };
    await expect(modify(meanwhile(give), { voice: URL })).rejects.toThrow(Conflict);
    await expect(modify(behind(), { voice: URL })).rejects.toMatchObject(unknown);
    expect(await numbers.get(NUMBER.number)).toEqual(given);
  });

  it('one that was stored without a version can be changed', async () => {
    const { pk, sk } = key.number(NUMBER.number);
    const owner = { gsi1pk: { S: `${ACCOUNT}#numbers` }, gsi1sk: { S: NUMBER.number } };
    await table.put({ pk: { S: pk }, sk: { S: sk }, ...owner, number: json(NUMBER) });
    await modify(numbers, { voice: URL });
    await modify(numbers, { statusCallback: URL });
    expect(await numbers.get(NUMBER.number)).toMatchObject({ voice: URL, statusCallback: URL });
  });

  it('changes that come at once are all kept', async () => {
    const api = await startAccountApi();
    await createNumbers(api.table).put(NUMBER);
    const path = `/v1/Account/${ACCOUNT}`;
    const { body } = await api.ask('POST', `${path}/Application`, { app_name: 'desk' });
    const asked = [{ alias: 'Sales' }, { app_id: body.app_id }].map(change =>
      api.ask('POST', `${path}/Number/${NUMBER.number.slice(1)}`, change),
    );
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([202, 202]);
    expect(await createNumbers(api.table).get(NUMBER.number)).toMatchObject({
      friendlyName: 'Sales',
      applicationSid: expect.any(String),
    });
    await api.close();
  });
});
