import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountApi, NOBODY, startAccountApi } from './account-api.ts';

let api: AccountApi;
beforeAll(async () => {
  api = await startAccountApi();
});
afterAll(() => api.close());

describe('Under /v1', () => {
  it('nobody gets anything without an account’s token', async () => {
    for (const path of ['/v1/trunks', '/v1/routes', '/v1/clients', '/v1/clients/alice']) {
      const { status, headers, body } = await api.ask('GET', path, undefined, NOBODY);

      expect({ status, challenge: headers['www-authenticate'] }).toEqual({
        status: 401,
        challenge: 'Basic realm="Dialplane"',
      });
      expect(body).toEqual({ error: { code: 'unauthorized', message: expect.any(String) } });
    }
  });

  it('a path that there is not is told in this API’s words', async () => {
    expect(await api.ask('GET', '/v1/trunks/office/calls')).toMatchObject({
      status: 404,
      body: { error: { code: 'unknown-route' } },
    });
  });

  it('a method that a path does not take is told with those that it takes', async () => {
    expect(await api.ask('POST', '/v1/trunks/office', {})).toMatchObject({
      status: 405,
      headers: { allow: 'GET, PUT, DELETE' },
      body: { error: { code: 'method-not-allowed' } },
    });
  });

  it.each([
    ['{"name": "office",}', /^The body is not valid JSON: Expected .+ in JSON at position 18/],
    ['{"password": hunter2hunter2}', /^The body is not valid JSON: Unexpected token 'h'\.$/],
    [
      '{"password": "hunter2hunter2',
      /^The body is not valid JSON: Unterminated string in JSON at position \d+/,
    ],
    ['hunter2hunter2', /^The body is not valid JSON: Unexpected token 'h'\.$/],
  ])('a body that is no JSON is told so without being repeated: %s', async (json, message) => {
    const { status, text, body } = await api.ask('POST', '/v1/trunks', json);

    expect(status).toBe(400);
    expect(body).toEqual({ error: { code: 'malformed-body', message: expect.stringMatching(message) } });
    expect(text).not.toContain('hunter');
  });
});
