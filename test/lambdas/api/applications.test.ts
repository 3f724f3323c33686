import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApplications } from '../../../aws/applications.ts';
import { createNumbers } from '../../../aws/numbers.ts';
import { createTable, type Table } from '../../../aws/table.ts';
import { type Application, MAX_APPLICATIONS } from '../../../core/application.ts';
import type { OperationName, Operations, PhoneNumber } from '../../../core/operation.ts';
import { systemRandom } from '../../../core/random.ts';
import { createOperations } from '../../../lambdas/api/operations/index.ts';
import { readReception } from '../../../lambdas/sma-handler/inbound.ts';
import { type LocalAws, startLocalAws } from '../local-aws.ts';

const ACCOUNT = `AC${'1'.repeat(32)}`;
const OTHER = `AC${'2'.repeat(32)}`;
const NOBODYS = `AP${'0'.repeat(32)}`;
const VOICE = { url: 'https://example.com/voice', method: 'GET' } as const;
const NUMBER: PhoneNumber = {
  sid: `PN${'2'.repeat(32)}`,
  number: '+12025550110',
  accountSid: ACCOUNT,
  dialect: 'signalwire',
  friendlyName: 'Front desk',
  voice: { url: 'https://example.com/number', method: 'POST' },
  createdAtMs: 1,
  updatedAtMs: 1,
};

let aws: LocalAws;
let table: Table;
let operations: ReturnType<typeof createOperations>;
const time = { nowMs: 1_000 };

beforeAll(async () => {
  aws = await startLocalAws();
  const env = {
    ...aws.env,
    BUS_NAME: 'bus',
    OUTBOUND_QUEUE_URL: 'http://127.0.0.1:1/outbound',
    TIMER_QUEUE_URL: 'http://127.0.0.1:1/timers',
    SIP_MEDIA_APPLICATION_ID: 'application',
  };
  const clock = { now: () => time.nowMs++, sleep: async () => {} };
  table = createTable(env);
  operations = createOperations({ env, clock, random: systemRandom });
  await createNumbers(table).put(NUMBER);
});
afterAll(() => aws.close());

async function run<O extends OperationName>(
  name: O,
  input: Operations[O]['input'],
  { dialect = 'restcomm', accountSid = ACCOUNT } = {},
): Promise<Operations[O]['result']> {
  const context = { request: { accountSid, headers: {} }, dialect: { name: dialect } };
  return (await operations[name](input, context)).result as Operations[O]['result'];
}

const make = async (more: object = {}) =>
  (await run('createApplication', { friendlyName: 'Desk', ...more })).application;
const reception = (number: PhoneNumber) => readReception(number, createApplications(table));

describe('An application', () => {
  it('is made with a name, belongs to the dialect that made it, and is read and listed by its account alone', async () => {
    const application = await make({ voice: VOICE });

    expect(application).toEqual({
      sid: expect.stringMatching(/^AP[0-9a-f]{32}$/),
      accountSid: ACCOUNT,
      dialect: 'restcomm',
      friendlyName: 'Desk',
      voice: VOICE,
      createdAtMs: expect.any(Number),
      updatedAtMs: expect.any(Number),
    });
    const { sid } = application;
    expect(await run('readApplication', { sid })).toEqual({ application });
    expect((await run('listApplications', {})).applications).toContainEqual(application);
    expect(await run('listApplications', {}, { accountSid: OTHER })).toEqual({ applications: [] });
    await expect(run('readApplication', { sid }, { accountSid: OTHER })).rejects.toMatchObject({
      kind: 'unknown-resource',
    });
  });

  it('is listed by its name, the oldest first', async () => {
    const made = [await make({ friendlyName: 'Twins' }), await make({ friendlyName: 'Twins' })];

    expect((await run('listApplications', { friendlyName: 'Twins' })).applications).toEqual(made);
  });

  it('keeps what a change does not name, and belongs from then on to the dialect that changed it', async () => {
    const before = await make({ voice: VOICE, delayAnswer: true, callbackEvents: ['ringing'] });

    const change = { voice: { url: 'https://example.com/new' } };
    await run('changeApplication', { sid: before.sid, change }, { dialect: 'plivo' });

    const { callbackEvents: _, ...kept } = before;
    expect((await run('readApplication', { sid: before.sid })).application).toEqual({
      ...kept,
      dialect: 'plivo',
      voice: { url: 'https://example.com/new', method: 'GET' },
      updatedAtMs: expect.any(Number),
    });
    expect(
      (await run('changeApplication', { sid: before.sid, change: { delayAnswer: false, voice: null } }))
        .application,
    ).not.toHaveProperty('delayAnswer');
  });

  it('is gone once it was deleted', async () => {
    const { sid } = await make();

    await run('deleteApplication', { sid });

    for (const operation of ['readApplication', 'deleteApplication'] as const)
      await expect(run(operation, { sid })).rejects.toMatchObject({ kind: 'unknown-resource' });
    await expect(run('changeApplication', { sid, change: {} })).rejects.toMatchObject({
      kind: 'unknown-resource',
    });
  });

  it(`is one of at most ${MAX_APPLICATIONS}`, async () => {
    const store = createApplications(table);
    const [one] = await store.list(ACCOUNT);
    const missing = Array.from(
      { length: MAX_APPLICATIONS - 1 },
      (_, n): Application => ({
        ...(one as Application),
        accountSid: OTHER,
        sid: `AP${String(n).padStart(32, '0')}`,
      }),
    );
    await Promise.all(missing.map(each => store.create(each)));

    await run('createApplication', { friendlyName: 'Last' }, { accountSid: OTHER });

    await expect(
      run('createApplication', { friendlyName: 'Too many' }, { accountSid: OTHER }),
    ).rejects.toMatchObject({ kind: 'limit-reached' });
  });
});

describe('A number', () => {
  const choose = async (applicationSid: string | null) =>
    (
      await run(
        'modifyNumber',
        { numberSid: NUMBER.sid, change: { applicationSid } },
        { dialect: 'signalwire' },
      )
    ).number;

  it('that has chosen an application answers calls by it, in its dialect', async () => {
    const application = await make({ voice: VOICE, delayAnswer: true });
    const number = await choose(application.sid);

    expect(number).toMatchObject({ applicationSid: application.sid, voice: NUMBER.voice });
    expect(await reception(number)).toMatchObject({ dialect: 'restcomm', voice: VOICE, delayAnswer: true });
  });

  it('follows its own URLs again when it leaves its application, or that is deleted', async () => {
    const application = await make({ voice: VOICE });
    const number = await choose(application.sid);
    const left = await choose(null);
    await run('deleteApplication', { sid: application.sid });

    expect(left).not.toHaveProperty('applicationSid');
    for (const each of [left, number])
      expect(await reception(each)).toMatchObject({ dialect: 'signalwire', voice: NUMBER.voice });
  });

  it('cannot choose an application that there is not', async () => {
    await expect(choose(NOBODYS)).rejects.toMatchObject({
      kind: 'invalid-parameter',
      field: 'applicationSid',
    });
  });

  it('has its status callback told what the dialect asks for that changed it last', async () => {
    const told = async (change: object) =>
      (await run('modifyNumber', { numberSid: NUMBER.sid, change })).number.callbackEvents;

    expect(await told({ callbackEvents: ['ringing', 'completed'] })).toEqual(['ringing', 'completed']);
    expect(await told({ friendlyName: 'Desk' })).toBeUndefined();
  });
});

describe('A client', () => {
  const password = 'correct-horse-battery';

  it('has voice settings, a name and an application of its own', async () => {
    const { sid } = await make();
    const { client } = await run('createClient', {
      name: 'alice',
      password,
      friendlyName: 'Alice',
      applicationSid: sid,
      voice: VOICE,
    });

    expect(client).toMatchObject({
      friendlyName: 'Alice',
      applicationSid: sid,
      voice: VOICE,
      dialect: 'restcomm',
    });
    expect((await run('readClient', { name: 'alice' })).client).toEqual(client);
  });

  it('keeps them, and its password, when a change does not name them', async () => {
    const before = (await run('createClient', { name: 'bob', password, voice: VOICE })).client;

    const renamed = await run('changeClient', { name: 'bob', friendlyName: 'Bob' });
    const { client } = await run('changeClient', { name: 'bob', voice: null });

    expect(renamed.client).toMatchObject({ secret: before.secret, voice: VOICE, friendlyName: 'Bob' });
    expect(client).toMatchObject({ secret: before.secret, friendlyName: 'Bob' });
    expect(client).not.toHaveProperty('voice');
  });

  it('of the platform’s own API says nothing of its calls', async () => {
    const { client } = await run('createClient', { name: 'carol', password }, { dialect: 'dialplane' });

    expect(client).not.toHaveProperty('dialect');
  });

  it('cannot choose an application that there is not', async () => {
    await expect(
      run('createClient', { name: 'dora', password, applicationSid: NOBODYS }),
    ).rejects.toMatchObject({ kind: 'invalid-parameter', field: 'applicationSid' });
  });
});
