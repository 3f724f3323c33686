/** The OpenAPI document: it is that of the tables that serve, it is sound, and everybody can read it. */
import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { asText, wholeDocument } from '../../../bin/openapi/whole-document.ts';
import { openApiDocument } from '../../../dialects/openapi.ts';
import { DIALECTS } from '../../../lambdas/dialects.ts';
import { type AccountApi, NOBODY, startAccountApi } from './account-api.ts';

const FILE = 'lambdas/api/openapi.json';
const document = wholeDocument();
const routes = DIALECTS.flatMap(api => api.routes.map(route => ({ api, route })));

async function faults(source: string): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'] });
  const found = await lintFromString({ source, absoluteRef: '/openapi.json', config });
  return found.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`);
}

describe('The document', () => {
  test('in the tree is the one that the tables give; npm run openapi writes it', () => {
    expect(readFileSync(FILE, 'utf8') === asText(document), 'Run npm run openapi.').toBe(true);
  });

  test('has nothing that Redocly’s recommended rules find', async () => {
    expect(await faults(asText(document))).toEqual([]);
    const { paths, ...rest } = document;
    expect(await faults(JSON.stringify(rest))).not.toEqual([]);
  });

  test('has every path that is served, under its own name or as another spelling', () => {
    const told = JSON.stringify(document.paths);
    expect(routes.filter(({ route }) => !told.includes(route.path)).map(({ route }) => route.path)).toEqual(
      [],
    );
  });

  test('names for another spelling a path that is described, for the same method', () => {
    const astray = routes.filter(({ api, route: { describes, method } }) => {
      if (!('sameAs' in describes)) return false;
      const first = api.routes.find(other => other.path === describes.sameAs && other.method === method);
      return first === undefined || 'sameAs' in first.describes;
    });
    expect(astray.map(({ route }) => route.path)).toEqual([]);
  });

  test('tells of all webhooks that a dialect sends', () => {
    const senders = DIALECTS.filter(api => 'callback' in api).map(({ name }) => name);
    for (const name of senders) expect(Object.keys(document.webhooks)).toContain(`${name}StatusCallback`);
    const readers = DIALECTS.filter(api => 'documents' in api).map(({ name }) => name);
    for (const name of readers) expect(Object.keys(document.webhooks)).toContain(`${name}Document`);
  });

  test('is refused for two operations of one name, and for a place that is not explained', () => {
    const [api] = DIALECTS;
    if (api === undefined) throw new Error('There is no API.');
    const parts = { version: '1', maxIdempotencyKey: 1 };
    const [route] = api.routes;
    const twice = { ...api, routes: [route, route].filter(each => each !== undefined) };
    expect(() => openApiDocument({ ...parts, apis: [twice] })).toThrow('Two operations are called');
    const unexplained = { ...api, describes: { ...api.describes, places: {} } };
    expect(() => openApiDocument({ ...parts, apis: [unexplained] })).toThrow('does not explain {requestId}');
  });

  test('writes a schema that has a name once, and points to it', () => {
    const thing = z.object({ is: z.string() }).meta({ id: 'Thing' });
    const [api] = DIALECTS;
    if (api === undefined) throw new Error('There is no API.');
    const { components } = openApiDocument({
      version: '1',
      maxIdempotencyKey: 1,
      apis: [{ ...api, routes: [], describes: { ...api.describes, problem: z.array(thing), webhooks: {} } }],
    });
    expect(components).toMatchObject({
      schemas: { Thing: { type: 'object', required: ['is'] } },
      responses: {
        datatechlabsProblem: {
          content: { 'application/json': { schema: { items: { $ref: '#/components/schemas/Thing' } } } },
        },
      },
    });
  });
});

describe('GET /openapi.json', () => {
  let api: AccountApi;
  beforeAll(async () => {
    api = await startAccountApi();
  });
  afterAll(() => api.close());

  test('gives it to everybody, account or not', async () => {
    const { status, headers, body } = await api.ask('GET', '/openapi.json', undefined, NOBODY);
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'application/json' });
    expect(body).toEqual(JSON.parse(asText(document)));
  });

  test('is all that can be done there', async () => {
    expect(await api.ask('POST', '/openapi.json', {})).toMatchObject({
      status: 405,
      headers: { allow: 'GET' },
    });
  });
});
