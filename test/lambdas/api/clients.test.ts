import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClientSecrets } from '../../../aws/client-secrets.ts';
import { createDirectories } from '../../../aws/directory.ts';
import { createSipClients } from '../../../aws/sip-clients.ts';
import { MAX_CLIENTS, MAX_PASSWORD_CHARACTERS, MIN_PASSWORD_CHARACTERS } from '../../../core/client.ts';
import { digestAlgorithm } from '../../../sip/digest/algorithm.ts';
import { digestResponse } from '../../../sip/digest/response.ts';
import { ACCOUNT, type AccountApi, OTHER, startAccountApi } from './account-api.ts';

const PASSWORD = 'correct-horse-battery';

let api: AccountApi;
beforeAll(async () => {
  api = await startAccountApi();
});
afterAll(() => api.close());

const make = (name: string, password: string = PASSWORD, accountSid = ACCOUNT) =>
  api.ask('POST', '/v1/clients', { name, password }, accountSid);

const secretOf = (name: string, algorithm = 'SHA-256', accountSid = ACCOUNT) =>
  createClientSecrets(api.table, api.tokens)(accountSid, name, algorithm);

describe('A client', () => {
  it('is made with a name and a password, and shown with its realm', async () => {
    const { status, headers, body } = await make('alice');

    expect({ status, location: headers['location'] }).toEqual({ status: 201, location: '/v1/clients/alice' });
    expect(body).toEqual({
      name: 'alice',
      realm: ACCOUNT,
      createdAt: '2026-11-22T00:00:00.000Z',
      updatedAt: '2026-11-22T00:00:00.000Z',
    });
    expect((await api.ask('GET', '/v1/clients/alice')).body).toEqual(body);
    expect((await api.ask('GET', '/v1/clients')).body).toEqual({ clients: [body] });
    expect((await createDirectories(api.table).read(ACCOUNT, ['client:alice'])).clients.has('alice')).toBe(
      true,
    );
  });

  it.each(['MD5', 'SHA-256'])('is known by a %s digest of its password', async name => {
    const algorithm = digestAlgorithm(name) ?? expect.unreachable();
    const request = {
      algorithm,
      username: 'alice',
      realm: ACCOUNT,
      nonce: 'n',
      method: 'REGISTER',
      uri: `sip:${ACCOUNT}`,
      body: new Uint8Array(),
    };
    const secret = (await secretOf('alice', name)) ?? expect.unreachable();

    expect(digestResponse({ ...request, secret })).toBe(
      digestResponse({ ...request, secret: { password: PASSWORD } }),
    );
  });

  it('is known by no other algorithm, and a stranger by none', async () => {
    expect(await secretOf('alice', 'SHA-512-256')).toBeUndefined();
    expect(await secretOf('alice', 'constructor')).toBeUndefined();
    expect(await secretOf('nobody')).toBeUndefined();
    expect(await secretOf('alice', 'MD5', OTHER)).toBeUndefined();
  });

  it('is stored without its password, and its hashes are sealed', async () => {
    const item = JSON.stringify(await api.table.get({ pk: `account#${ACCOUNT}`, sk: 'client#alice' }));

    expect(item).not.toContain(PASSWORD);
    expect(item).not.toContain(createHash('md5').update(`alice:${ACCOUNT}:${PASSWORD}`).digest('hex'));
  });

  it('gets another password by PUT', async () => {
    const before = await secretOf('alice');
    api.clock.nowMs += 1_000;

    const { status, body } = await api.ask('PUT', '/v1/clients/alice', { password: 'another-password' });

    expect({ status, body }).toMatchObject({ status: 200, body: { updatedAt: '2026-11-22T00:00:01.000Z' } });
    expect(await secretOf('alice')).toEqual({
      mark: expect.not.stringMatching(before?.mark ?? ''),
      ha1: createHash('sha256').update(`alice:${ACCOUNT}:another-password`).digest('hex'),
    });
    expect(await secretOf('alice')).not.toEqual(before);
  });

  it('is made once under its name, and names differ in case', async () => {
    expect(await make('alice')).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict', field: 'name' } },
    });
    expect((await make('Alice')).status).toBe(201);
  });

  it('is deleted, and then is not there', async () => {
    await make('bob');

    expect((await api.ask('DELETE', '/v1/clients/bob')).status).toBe(204);
    for (const [method, json] of [['GET'], ['DELETE'], ['PUT', { password: PASSWORD }]] as const) {
      expect(await api.ask(method, '/v1/clients/bob', json)).toMatchObject({
        status: 404,
        body: { error: { code: 'unknown-resource', message: 'There is no client bob.' } },
      });
    }
    expect((await createDirectories(api.table).read(ACCOUNT, ['client:bob'])).clients.has('bob')).toBe(false);
    expect(await secretOf('bob')).toBeUndefined();
  });

  it.each([
    [MIN_PASSWORD_CHARACTERS - 1, 400],
    [MIN_PASSWORD_CHARACTERS, 201],
    [MAX_PASSWORD_CHARACTERS, 201],
    [MAX_PASSWORD_CHARACTERS + 1, 400],
  ])('with a password of %i characters is answered %i', async (length, status) => {
    const answer = await make(`length-${length}`, 'p'.repeat(length));

    expect(answer.status).toBe(status);
    expect(answer.body.error?.field).toBe(status === 400 ? 'password' : undefined);
  });
});

describe('Another account', () => {
  it('neither sees a client, nor changes, nor deletes it', async () => {
    const before = await secretOf('alice');

    expect((await api.ask('GET', '/v1/clients', undefined, OTHER)).body).toEqual({ clients: [] });
    for (const [method, json] of [['GET'], ['DELETE'], ['PUT', { password: 'evil-password' }]] as const) {
      expect((await api.ask(method, '/v1/clients/alice', json, OTHER)).status).toBe(404);
    }
    expect(await secretOf('alice')).toEqual(before);
  });

  it('may have a client of the same name, whose secret is another one', async () => {
    expect((await make('carol')).status).toBe(201);
    const other = await make('carol', PASSWORD, OTHER);

    expect(other).toMatchObject({ status: 201, body: { realm: OTHER } });
    expect((await api.ask('DELETE', '/v1/clients/carol', undefined, OTHER)).status).toBe(204);
    expect((await api.ask('GET', '/v1/clients/carol')).status).toBe(200);
  });
});

describe('A password', () => {
  it('is in no answer, error or log, whatever is wrong with its request', async () => {
    const asked = [
      { name: 'dave', password: PASSWORD },
      { name: 'dave', password: PASSWORD },
      { name: 'd a v e', password: PASSWORD },
      { name: 'dave', password: `${PASSWORD}\n` },
      { name: 'dave', password: { is: PASSWORD } },
      { name: 'dave', password: PASSWORD, passwort: PASSWORD },
      { name: PASSWORD.repeat(10), password: PASSWORD },
      [PASSWORD],
    ];

    const answers = [];
    for (const json of asked) answers.push(await api.ask('POST', '/v1/clients', json));
    answers.push(
      await api.ask('PUT', '/v1/clients/dave', { password: PASSWORD }),
      await api.ask('PUT', '/v1/clients/nobody', { password: PASSWORD }),
      await api.ask('GET', '/v1/clients/dave'),
      await api.ask('GET', '/v1/clients'),
    );

    expect(answers.map(({ status }) => status)).toEqual([
      201, 409, 400, 400, 400, 400, 400, 400, 200, 404, 200, 200,
    ]);
    expect(answers.map(({ text }) => text).join('\n')).not.toContain(PASSWORD);
    expect(api.logged()).not.toContain(PASSWORD);
  });
});

describe(`An account with ${MAX_CLIENTS} clients`, () => {
  it('gets no further one until it deletes one', async () => {
    const clients = createSipClients(api.table);
    const present = (await clients.list(ACCOUNT)).length;
    const secret = { ciphertext: 'x'.repeat(300) };
    await Promise.all(
      Array.from({ length: MAX_CLIENTS - present - 1 }, (_, n) =>
        clients.create({ name: `n-${n}`, accountSid: ACCOUNT, secret, createdAtMs: 1, updatedAtMs: 1 }),
      ),
    );

    expect((await make('last')).status).toBe(201);
    expect(await make('one-more')).toMatchObject({
      status: 409,
      body: { error: { code: 'limit-reached', message: expect.stringContaining('at most 1000 clients') } },
    });
    expect((await api.ask('GET', '/v1/clients')).body.clients).toHaveLength(MAX_CLIENTS);
    await api.ask('DELETE', '/v1/clients/last');
    expect((await make('one-more')).status).toBe(201);
  });
});
