import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTrunks } from '../../../aws/trunks.ts';
import { MAX_TRUNKS } from '../../../core/trunk.ts';
import { trunk as aTrunk } from '../../core/directory.ts';
import { ACCOUNT, type AccountApi, OTHER, startAccountApi } from './account-api.ts';

const PASSWORD = 'correct-horse-battery';

let api: AccountApi;
beforeAll(async () => {
  api = await startAccountApi();
});
afterAll(() => api.close());

const stored = async (name: string) => (await createTrunks(api.table).get(ACCOUNT, name))?.value;
const passwordOf = async (name: string) => {
  const { ciphertext } = (await stored(name))?.credentials?.password ?? expect.unreachable();
  return api.tokens.decrypt(ACCOUNT, Buffer.from(ciphertext, 'base64'));
};

describe('A trunk', () => {
  it('is made with defaults for all but its name and host', async () => {
    const { status, headers, body } = await api.ask('POST', '/v1/trunks', {
      name: 'plain',
      host: 'sip.example.com',
    });

    expect({ status, location: headers['location'] }).toEqual({ status: 201, location: '/v1/trunks/plain' });
    expect(body).toEqual({
      name: 'plain',
      host: 'sip.example.com',
      transport: 'tls',
      credentials: null,
      codecs: ['PCMU', 'PCMA'],
      headers: {},
      passIdentity: true,
      callerIds: [],
      inboundNetworks: [],
      createdAt: '2026-11-22T00:00:00.000Z',
      updatedAt: '2026-11-22T00:00:00.000Z',
    });
    expect((await api.ask('GET', '/v1/trunks/plain')).body).toEqual(body);
    expect((await api.ask('GET', '/v1/trunks')).body.trunks).toContainEqual(body);
  });

  it('keeps everything that it is given, and its password sealed for its account', async () => {
    const given = {
      name: 'full',
      host: '[2001:db8::1]:5070',
      transport: 'udp',
      codecs: ['OPUS', 'PCMA'],
      headers: { 'X-Customer': '42', 'x-second': '' },
      passIdentity: false,
      callerIds: ['1000XXX', '+4930.'],
      inboundNetworks: ['198.51.100.0/24', '2001:db8::/32', '192.0.2.1'],
    };

    const { status, body, text } = await api.ask('POST', '/v1/trunks', {
      ...given,
      credentials: { username: 'us', password: PASSWORD },
    });

    expect(status).toBe(201);
    expect(body).toMatchObject({ ...given, credentials: { username: 'us' } });
    expect(text).not.toContain('password');
    expect(JSON.stringify(await stored('full'))).not.toContain(PASSWORD);
    expect(await passwordOf('full')).toBe(PASSWORD);
    const ciphertext = Buffer.from((await stored('full'))?.credentials?.password.ciphertext ?? '', 'base64');
    await expect(api.tokens.decrypt(OTHER, ciphertext)).rejects.toThrow();
  });

  it('is left as it is by a PUT of what a GET gave, its password included', async () => {
    const { body: before } = await api.ask('GET', '/v1/trunks/full');
    api.clock.nowMs += 1_000;

    const { status, body } = await api.ask('PUT', '/v1/trunks/full', before);

    expect(status).toBe(200);
    expect(body).toEqual({ ...before, updatedAt: '2026-11-22T00:00:01.000Z' });
    expect(await passwordOf('full')).toBe(PASSWORD);
  });

  it('gets the defaults for what a PUT leaves out', async () => {
    const { body } = await api.ask('PUT', '/v1/trunks/full', {
      host: 'sip.example.com:5071',
      credentials: { username: 'us', password: 'another-password' },
    });

    expect(body).toMatchObject({
      host: 'sip.example.com:5071',
      transport: 'tls',
      headers: {},
      callerIds: [],
    });
    expect(await passwordOf('full')).toBe('another-password');
    await api.ask('PUT', '/v1/trunks/full', { host: 'sip.example.com' });
    expect(await stored('full')).not.toHaveProperty('credentials');
  });

  it.each([
    ['another user name', { username: 'us', password: PASSWORD }],
    ['its first user name', null],
  ])('needs a password for %s', async (_, before) => {
    await api.ask('PUT', '/v1/trunks/full', { host: 'sip.example.com', credentials: before });

    const { status, body } = await api.ask('PUT', '/v1/trunks/full', {
      host: 'sip.example.com',
      credentials: { username: 'them' },
    });

    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error: { code: 'missing-parameter', field: 'credentials.password' } },
    });
  });

  it('is made once under its name', async () => {
    const { status, body } = await api.ask('POST', '/v1/trunks', { name: 'plain', host: 'b.example.com' });

    expect({ status, body }).toEqual({
      status: 409,
      body: {
        error: {
          code: 'conflict',
          message: 'There is a trunk plain already. Change it with PUT.',
          field: 'name',
        },
      },
    });
    expect(await stored('plain')).toMatchObject({ host: 'sip.example.com' });
  });

  it('is not renamed', async () => {
    const { status, body } = await api.ask('PUT', '/v1/trunks/plain', {
      name: 'other',
      host: 'a.example.com',
    });

    expect({ status, body }).toMatchObject({ status: 400, body: { error: { field: 'name' } } });
  });

  it('is deleted, and then is not there', async () => {
    await api.ask('POST', '/v1/trunks', { name: 'short', host: 'sip.example.com' });

    expect(await api.ask('DELETE', '/v1/trunks/short')).toMatchObject({ status: 204, body: undefined });
    for (const method of ['GET', 'DELETE']) {
      expect(await api.ask(method, '/v1/trunks/short')).toMatchObject({
        status: 404,
        body: { error: { code: 'unknown-resource', message: 'There is no trunk short.' } },
      });
    }
  });

  it('that a route leads to is not deleted', async () => {
    await api.ask('POST', '/v1/trunks', { name: 'used', host: 'sip.example.com' });
    const { body: route } = await api.ask('POST', '/v1/routes', {
      pattern: '1000XXX',
      action: 'trunk',
      trunk: 'used',
    });

    const { status, body } = await api.ask('DELETE', '/v1/trunks/used');

    expect({ status, body }).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict', message: expect.stringContaining(route.id) } },
    });
    await api.ask('DELETE', `/v1/routes/${route.id}`);
    expect((await api.ask('DELETE', '/v1/trunks/used')).status).toBe(204);
  });
});

describe('Another account', () => {
  it('neither sees a trunk, nor changes, nor deletes it', async () => {
    const before = await stored('plain');

    expect((await api.ask('GET', '/v1/trunks', undefined, OTHER)).body).toEqual({ trunks: [] });
    for (const [method, json] of [['GET'], ['DELETE'], ['PUT', { host: 'evil.example.com' }]] as const) {
      expect((await api.ask(method, '/v1/trunks/plain', json, OTHER)).status).toBe(404);
    }
    expect(await stored('plain')).toEqual(before);
  });

  it('may have a trunk of the same name', async () => {
    const made = await api.ask('POST', '/v1/trunks', { name: 'plain', host: 'other.example.com' }, OTHER);

    expect(made.status).toBe(201);
    expect((await api.ask('GET', '/v1/trunks/plain')).body.host).toBe('sip.example.com');
  });

  it('cannot lead a route to a trunk that it does not have', async () => {
    await api.ask('POST', '/v1/trunks', { name: 'ours', host: 'sip.example.com' });
    const { status, body } = await api.ask(
      'POST',
      '/v1/routes',
      { pattern: '1.', action: 'trunk', trunk: 'ours' },
      OTHER,
    );

    expect({ status, body }).toMatchObject({ status: 400, body: { error: { field: 'trunk' } } });
  });
});

describe('A password', () => {
  it('is in no answer, error or log, whatever is wrong with its request', async () => {
    const asked = [
      { name: 'p', host: 'sip.example.com', credentials: { username: 'us', password: PASSWORD } },
      { name: 'p', host: 'sip.example.com', credentials: { username: 'us', password: PASSWORD } },
      { name: 'P!', host: 'x', credentials: { username: 'us', password: PASSWORD } },
      { name: 'q', host: 'x', credentials: { username: 'us', password: `${PASSWORD}\n` } },
      { name: 'q', host: 'x', credentials: { username: 'us', password: [PASSWORD] } },
      { name: 'q', host: 'x', credentials: { username: 'us', password: PASSWORD, x: PASSWORD } },
      { name: 'q', host: 'x', credentials: PASSWORD },
      { name: 'q', host: `sip:us:${PASSWORD}@example.com` },
      { name: 'q', host: 'x', transport: PASSWORD, codecs: [PASSWORD], password: PASSWORD },
    ];

    const answers = await Promise.all(asked.map(json => api.ask('POST', '/v1/trunks', json)));
    answers.push(await api.ask('GET', '/v1/trunks'), await api.ask('GET', '/v1/trunks/p'));

    expect(answers.map(({ text }) => text).join('\n')).not.toContain(PASSWORD);
    expect(api.logged()).not.toContain(PASSWORD);
  });

  it('is in no log of a failure of ours', async () => {
    const send = vi
      .spyOn(KMSClient.prototype, 'send')
      .mockRejectedValueOnce(new Error('KMS is away.') as never);

    const { status, text } = await api.ask('PUT', '/v1/trunks/plain', {
      host: 'sip.example.com',
      credentials: { username: 'us', password: PASSWORD },
    });

    send.mockRestore();
    expect(status).toBe(500);
    expect(api.logged()).toContain('KMS is away.');
    expect(text + api.logged()).not.toContain(PASSWORD);
  });
});

describe(`An account with ${MAX_TRUNKS} trunks`, () => {
  it('gets no further one until it deletes one', async () => {
    const trunks = createTrunks(api.table);
    const present = (await trunks.list(ACCOUNT)).length;
    for (let n = present; n < MAX_TRUNKS - 1; n++) await trunks.create(aTrunk(`n-${n}`));
    const make = (name: string) => api.ask('POST', '/v1/trunks', { name, host: 'sip.example.com' });

    expect((await make('last')).status).toBe(201);
    expect(await make('one-more')).toMatchObject({
      status: 409,
      body: { error: { code: 'limit-reached', message: expect.stringContaining('at most 100 trunks') } },
    });
    expect((await api.ask('GET', '/v1/trunks')).body.trunks).toHaveLength(MAX_TRUNKS);
    await api.ask('DELETE', '/v1/trunks/last');
    expect((await make('one-more')).status).toBe(201);
  });
});
