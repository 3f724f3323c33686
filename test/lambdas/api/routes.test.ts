import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDirectories } from '../../../aws/directory.ts';
import { createRoutes } from '../../../aws/routes.ts';
import { resolveDestination } from '../../../core/resolve-destination.ts';
import { MAX_ROUTES } from '../../../core/route.ts';
import { route as aRoute, PSTN } from '../../core/directory.ts';
import { ACCOUNT, type AccountApi, OTHER, startAccountApi } from './account-api.ts';

let api: AccountApi;
beforeAll(async () => {
  api = await startAccountApi();
  await api.ask('POST', '/v1/trunks', { name: 'office', host: 'pbx.example.com' });
});
afterAll(() => api.close());

const make = (json: object, accountSid = ACCOUNT) => api.ask('POST', '/v1/routes', json, accountSid);

describe('A route', () => {
  it('is made with defaults for all but its pattern and its end', async () => {
    const { status, headers, body } = await make({ pattern: '1000XXX', action: 'trunk', trunk: 'office' });

    expect(status).toBe(201);
    expect(headers['location']).toBe(`/v1/routes/${body.id}`);
    expect(body).toEqual({
      id: expect.stringMatching(/^RT[0-9a-f]{32}$/),
      pattern: '1000XXX',
      priority: 100,
      action: 'trunk',
      trunk: 'office',
      strip: 0,
      prepend: '',
      description: '',
      createdAt: '2026-11-22T00:00:00.000Z',
      updatedAt: '2026-11-22T00:00:00.000Z',
    });
    expect((await api.ask('GET', `/v1/routes/${body.id}`)).body).toEqual(body);
  });

  it('leads 1000123 to the trunk from then on', async () => {
    const directory = await createDirectories(api.table).read(ACCOUNT, ['1000123']);

    expect(resolveDestination('1000123', directory, { transport: 'udp', codecs: ['PCMU'] })).toMatchObject({
      kind: 'sip',
      target: { uri: 'sip:1000123@pbx.example.com', transport: 'tls' },
    });
  });

  it('is listed in the order in which routes are looked at', async () => {
    await make({ pattern: '00.', priority: 5, action: 'pstn', strip: 2, prepend: '+' });
    await make({ pattern: '+1900.', priority: 0, action: 'refuse', reason: 'Premium numbers are barred.' });

    const { body } = await api.ask('GET', '/v1/routes');

    expect(body.routes.map(({ pattern }: { pattern: string }) => pattern)).toEqual([
      '+1900.',
      '00.',
      '1000XXX',
    ]);
    expect(body.routes[0]).toMatchObject({ action: 'refuse', reason: 'Premium numbers are barred.' });
  });

  it('is left as it is by a PUT of what a GET gave, and replaced by any other', async () => {
    const { body: before } = await make({ pattern: '2.', action: 'trunk', trunk: 'office', strip: 1 });
    api.clock.nowMs += 1_000;

    const same = await api.ask('PUT', `/v1/routes/${before.id}`, before);
    const other = await api.ask('PUT', `/v1/routes/${before.id}`, {
      pattern: '2.',
      action: 'refuse',
      reason: 'No.',
    });

    expect(same.body).toEqual({ ...before, updatedAt: '2026-11-22T00:00:01.000Z' });
    const { trunk: _, ...rest } = before;
    expect(other.body).toEqual({
      ...rest,
      action: 'refuse',
      reason: 'No.',
      strip: 0,
      updatedAt: same.body.updatedAt,
    });
  });

  it('leads to a trunk that there is', async () => {
    expect(await make({ pattern: '3.', action: 'trunk', trunk: 'nowhere' })).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 'invalid-parameter',
          message: 'trunk is nowhere, and there is no such trunk.',
          field: 'trunk',
        },
      },
    });
  });

  it('is deleted, and then is not there', async () => {
    const { body } = await make({ pattern: '4.', action: 'refuse', reason: 'No.' });
    const path = `/v1/routes/${body.id}`;

    expect((await api.ask('DELETE', path)).status).toBe(204);
    for (const [method, json] of [
      ['GET'],
      ['DELETE'],
      ['PUT', { pattern: '4.', action: 'refuse', reason: 'No.' }],
    ] as const) {
      expect(await api.ask(method, path, json)).toMatchObject({
        status: 404,
        body: { error: { code: 'unknown-resource' } },
      });
    }
  });
});

describe('Another account', () => {
  it('neither sees a route, nor changes, nor deletes it, nor is led by it', async () => {
    const { body: mine } = await make({ pattern: '5.', action: 'trunk', trunk: 'office' });
    const path = `/v1/routes/${mine.id}`;

    expect((await api.ask('GET', '/v1/routes', undefined, OTHER)).body).toEqual({ routes: [] });
    for (const [method, json] of [
      ['GET'],
      ['DELETE'],
      ['PUT', { pattern: '5.', action: 'refuse', reason: 'No.' }],
    ] as const) {
      expect((await api.ask(method, path, json, OTHER)).status).toBe(404);
    }
    expect((await api.ask('GET', path)).body).toEqual(mine);
    expect(await createDirectories(api.table).read(OTHER, ['51'])).toMatchObject({ routes: [], trunks: [] });
  });
});

describe(`An account with ${MAX_ROUTES} routes`, () => {
  it('gets no further one until it deletes one', async () => {
    const routes = createRoutes(api.table);
    const present = (await routes.list(ACCOUNT)).length;
    await Promise.all(
      Array.from({ length: MAX_ROUTES - present - 1 }, () => routes.create(aRoute('+1.', PSTN))),
    );
    const one = () => make({ pattern: '+2.', action: 'pstn' });

    const last = await one();
    expect(last.status).toBe(201);
    expect(await one()).toMatchObject({
      status: 409,
      body: { error: { code: 'limit-reached', message: expect.stringContaining('at most 500 routes') } },
    });
    await api.ask('DELETE', `/v1/routes/${last.body.id}`);
    expect((await one()).status).toBe(201);
  });
});
