import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDirectories, type Directories, MAX_CLIENTS_READ_ONE_BY_ONE } from '../../aws/directory.ts';
import { createNumbers } from '../../aws/numbers.ts';
import { createRoutes, type Routes } from '../../aws/routes.ts';
import { createSipClients, type SipClients } from '../../aws/sip-clients.ts';
import { Conflict, createTable, type Table } from '../../aws/table.ts';
import { createTrunks } from '../../aws/trunks.ts';
import type { PhoneNumber } from '../../core/operation.ts';
import { resolveDestination } from '../../core/resolve-destination.ts';
import { ACCOUNT, route, to, trunk } from '../core/directory.ts';
import { type LocalAws, startLocalAws } from '../lambdas/local-aws.ts';

const OTHER = `AC${'2'.repeat(32)}`;
const DEFAULTS = { transport: 'tls', codecs: ['PCMU'] } as const;

let aws: LocalAws;
let table: Table;
let directories: Directories;
let routes: Routes;
let clients: SipClients;
/** Requests to the table since the last look. */
const requests: string[] = [];

beforeAll(async () => {
  aws = await startLocalAws();
  const plain = createTable(aws.env);
  table = {
    ...plain,
    get(key) {
      requests.push(`get ${key.sk}`);
      return plain.get(key);
    },
    query(query) {
      requests.push(`query${query.consistent ? '' : ', perhaps of the past'}`);
      return plain.query(query);
    },
  };
  directories = createDirectories(table);
  routes = createRoutes(table);
  clients = createSipClients(table);
});

afterAll(() => aws.close());

const client = (name: string, accountSid = ACCOUNT) => ({
  name,
  accountSid,
  secret: { ciphertext: 'c2VhbGVk' },
  createdAtMs: 1,
  updatedAtMs: 1,
});

describe('An account’s directory', () => {
  beforeAll(async () => {
    const trunks = createTrunks(table);
    await table.put({ pk: { S: `account#${ACCOUNT}` }, sk: { S: 'account' }, friendlyName: { S: 'x' } });
    await trunks.create(trunk('office'));
    await trunks.create(trunk('zz-last', { accountSid: OTHER }));
    await routes.create(route('1000XXX', to('office')));
    await routes.create({ ...route('2000XXX', to('zz-last')), accountSid: OTHER });
    await clients.create(client('alice'));
    await clients.create(client('bob', OTHER));
    requests.splice(0);
  });

  it('is read by one query, which brings 1000123 to its trunk', async () => {
    const directory = await directories.read(ACCOUNT, ['1000123', '1000125']);

    expect(requests.splice(0)).toEqual(['query']);
    expect(resolveDestination('1000123', directory, { ...DEFAULTS, codecs: ['PCMU'] })).toMatchObject({
      kind: 'sip',
      target: { uri: 'sip:1000123@pbx.example.com' },
      trunk: { name: 'office' },
    });
  });

  it('is read by one read for a client, and by none for an address', async () => {
    const { clients: found } = await directories.read(ACCOUNT, ['client:alice', 'client:alice', 'sip:a@b']);

    expect(requests.splice(0)).toEqual(['get client#alice']);
    expect([found.has('alice'), found.has('bob')]).toEqual([true, false]);
  });

  it('is read by one query for many clients', async () => {
    const names = Array.from({ length: MAX_CLIENTS_READ_ONE_BY_ONE }, (_, n) => `client:nobody${n}`);
    const { clients: found } = await directories.read(ACCOUNT, [...names, 'client:bob', 'client:alice']);

    expect(requests.splice(0)).toEqual(['query']);
    expect([found.has('alice'), found.has('bob'), found.has('nobody1')]).toEqual([true, false, false]);
  });

  it('knows whose numbers caller ids are, by one read each', async () => {
    const numbers = createNumbers(table);
    const own = { number: '+12025550110', accountSid: ACCOUNT } as PhoneNumber;
    await numbers.put(own);
    await numbers.put({ ...own, number: '+12025550120', accountSid: OTHER });
    requests.splice(0);

    const asked = ['+12025550110', '+12025550120', '+12025550130', 'bob', '+12025550110'];
    const directory = await directories.read(OTHER, ['+12025550101'], asked);

    expect(asked.filter(each => directory.numbers.has(each))).toEqual(['+12025550120']);
    expect([...new Set(asked)].filter(each => directory.othersNumbers?.has(each))).toEqual([own.number]);
    expect(requests.splice(0).toSorted()).toEqual(['get number', 'get number', 'get number', 'query']);
    expect((await directories.read(OTHER, ['client:bob'], asked)).numbers.has('+12025550120')).toBe(false);
    expect(requests.splice(0)).toEqual(['get client#bob']);
  });

  it('has nothing of another account’s', async () => {
    const directory = await directories.read(ACCOUNT, ['2000123', 'client:bob']);

    expect(directory.routes.map(({ pattern }) => pattern)).toEqual(['1000XXX']);
    expect(directory.trunks.map(({ name }) => name)).toEqual(['office']);
    expect(directory.clients.has('bob')).toBe(false);
    expect(await createTrunks(table).get(ACCOUNT, 'zz-last')).toBeUndefined();
    expect((await clients.list(OTHER)).map(({ name }) => name)).toEqual(['bob']);
  });
});

describe('An item of an account', () => {
  it('is made once', async () => {
    await clients.create(client('carol'));

    await expect(clients.create(client('carol'))).rejects.toThrow(Conflict);
  });

  it('is replaced by whoever has read its latest version', async () => {
    await clients.create(client('dave'));
    const { value, version } = (await clients.get(ACCOUNT, 'dave')) ?? expect.unreachable();

    await clients.replace({ ...value, updatedAtMs: 2 }, version);

    expect(await clients.get(ACCOUNT, 'dave')).toEqual({ value: { ...value, updatedAtMs: 2 }, version: 1 });
    await expect(clients.replace(value, version)).rejects.toThrow(Conflict);
  });

  it('is not brought back by a change that comes after its removal', async () => {
    await clients.create(client('erin'));

    expect(await clients.remove(ACCOUNT, 'erin')).toBe(true);
    expect(await clients.remove(ACCOUNT, 'erin')).toBe(false);
    await expect(clients.replace(client('erin'), 0)).rejects.toThrow(Conflict);
    expect(await clients.get(ACCOUNT, 'erin')).toBeUndefined();
  });

  it('is listed with all the others, however many pages of the table they fill', async () => {
    const long = 'x'.repeat(20_000);
    for (let n = 0; n < 60; n++)
      await clients.create({ ...client(`p${n}`, OTHER), secret: { ciphertext: long } });

    requests.splice(0);
    expect(await clients.list(OTHER)).toHaveLength(61);
    expect(requests.length).toBeGreaterThan(1);
  });
});

describe('The trunks that calls may come in over', () => {
  it('are those of every account, and each is read again only after it has changed', async () => {
    const trunks = createTrunks(table);
    const networks = ['198.51.100.0/24'];
    const first = trunk('in-1', { inboundNetworks: networks });
    await trunks.create(first);
    await trunks.create(trunk('in-2', { accountSid: OTHER, inboundNetworks: networks }));

    expect((await trunks.listInbound()).map(({ name }) => name)).toEqual(['in-1', 'in-2']);
    requests.splice(0);
    await trunks.listInbound();
    expect(requests.splice(0)).toEqual(['query, perhaps of the past']);

    await trunks.replace({ ...first, inboundNetworks: ['203.0.113.0/24'], updatedAtMs: 2 }, 0);
    expect((await trunks.listInbound())[0]?.inboundNetworks).toEqual(['203.0.113.0/24']);
    expect(requests.splice(0)).toEqual(['query, perhaps of the past', 'get trunk#in-1']);

    await trunks.replace({ ...first, inboundNetworks: [], updatedAtMs: 3 }, 1);
    expect((await trunks.listInbound()).map(({ name }) => name)).toEqual(['in-2']);
  });

  it('are not those that the index still has, and that let nobody in any more', async () => {
    const { pk, sk } = { pk: { S: 'account#x' }, sk: { S: 'trunk#late' } };
    const late = createTrunks({
      ...table,
      query: async () => ({ items: [{ pk, sk, gsi1sk: { S: 'x' } }] }),
      get: async () => ({ pk, sk, trunk: { S: JSON.stringify(trunk('late')) } }),
    });

    expect(await late.listInbound()).toEqual([]);
  });
});
