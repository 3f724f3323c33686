import { request } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFunctionHost } from '../../../local/aws/lambda/function-host.ts';
import { realTime } from '../../../local/clock/platform-clock.ts';
import { type Gateway, startGateway } from '../../../local/gateway/gateway.ts';

/** Sends exactly these header lines, and gives back everything that came. */
function send(
  url: string,
  { method = 'GET', headers = [] as [string, string][], body = '' as string | Buffer } = {},
): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, agent: false });
    for (const [name, value] of headers) outgoing.appendHeader(name, value);
    outgoing.once('error', reject);
    outgoing.once('response', async answer => {
      let text = '';
      for await (const chunk of answer.setEncoding('utf8')) text += chunk;
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text });
    });
    outgoing.end(body);
  });
}

describe('the HTTP API', () => {
  const events: APIGatewayProxyEventV2[] = [];
  let result: unknown;
  let gateway: Gateway;

  beforeAll(async () => {
    const host = createFunctionHost({ clock: realTime() });
    host.add({
      name: 'api',
      memoryMb: 256,
      timeoutSeconds: 15,
      handler: async (event: APIGatewayProxyEventV2) => {
        events.push(event);
        if (result instanceof Error) throw result;
        return result;
      },
    });
    gateway = await startGateway({
      port: 0,
      host,
      functionName: 'api',
      clock: { ...realTime(), now: () => Date.UTC(2020, 2, 12, 19, 3, 58, 390) },
      localRoutes: async (_incoming, outgoing) => void outgoing.writeHead(418).end('local'),
    });
  });

  afterAll(() => gateway.close());

  /** The event that the function got for a request. */
  async function eventOf(path: string, options: Parameters<typeof send>[1] = {}) {
    result = { statusCode: 204 };
    await send(gateway.url + path, options);
    return events.at(-1) as APIGatewayProxyEventV2;
  }

  describe('sends its function an event of payload format 2.0', () => {
    it('as the developer guide shows it', async () => {
      const event = await eventOf('/my/path?parameter1=value1&parameter1=value2&parameter2=value', {
        method: 'POST',
        headers: [
          ['Cookie', 'cookie1=a; cookie2=b'],
          ['Header1', 'value1'],
          ['Header2', 'value1'],
          ['Header2', 'value2'],
          ['Content-Type', 'text/plain'],
          ['User-Agent', 'agent'],
        ],
        body: 'Hello from Lambda',
      });
      expect(event).toEqual({
        version: '2.0',
        routeKey: '$default',
        rawPath: '/my/path',
        rawQueryString: 'parameter1=value1&parameter1=value2&parameter2=value',
        cookies: ['cookie1=a', 'cookie2=b'],
        headers: {
          header1: 'value1',
          header2: 'value1,value2',
          'content-type': 'text/plain',
          'content-length': '17',
          'user-agent': 'agent',
          host: gateway.url.slice('http://'.length),
          'x-forwarded-for': '127.0.0.1',
          'x-forwarded-port': String(gateway.port),
          'x-forwarded-proto': 'http',
        },
        queryStringParameters: { parameter1: 'value1,value2', parameter2: 'value' },
        requestContext: {
          accountId: '000000000000',
          apiId: 'local',
          domainName: '127.0.0.1',
          domainPrefix: 'local',
          http: {
            method: 'POST',
            path: '/my/path',
            protocol: 'HTTP/1.1',
            sourceIp: '127.0.0.1',
            userAgent: 'agent',
          },
          requestId: expect.any(String),
          routeKey: '$default',
          stage: '$default',
          time: '12/Mar/2020:19:03:58 +0000',
          timeEpoch: Date.UTC(2020, 2, 12, 19, 3, 58, 390),
        },
        body: 'Hello from Lambda',
        isBase64Encoded: false,
      });
    });

    it('without the fields that a bare GET has nothing for', async () => {
      const event = await eventOf('/');
      expect(event.rawQueryString).toBe('');
      for (const absent of ['cookies', 'queryStringParameters', 'body'])
        expect(event).not.toHaveProperty(absent);
    });

    it('with a path and parameters that are decoded, and the query string as it came', async () => {
      const event = await eventOf('/a%20b/%2B1?To=%2B1202&n=a+b');
      expect(event.rawPath).toBe('/a b/+1');
      expect(event.queryStringParameters).toEqual({ To: '+1202', n: 'a b' });
      expect(event.rawQueryString).toBe('To=%2B1202&n=a+b');
    });

    it.each([
      ['application/json', false],
      ['application/json; charset=utf-8', false],
      ['application/problem+json', false],
      ['text/xml', false],
      ['application/xml', false],
      ['application/x-www-form-urlencoded', true],
      ['application/octet-stream', true],
      ['audio/wav', true],
      [undefined, true],
    ])('with a body of type %s, in base64: %s', async (type, base64) => {
      const headers: [string, string][] = type === undefined ? [] : [['content-type', type]];
      const event = await eventOf('/', { method: 'POST', headers, body: 'a=b&c=é' });
      expect(event.isBase64Encoded).toBe(base64);
      expect(Buffer.from(event.body ?? '', base64 ? 'base64' : 'utf8').toString()).toBe('a=b&c=é');
    });
  });

  describe('answers with what its function returned', () => {
    const answerTo = (returned: unknown) => {
      result = returned;
      return send(gateway.url);
    };

    it('as JSON with status 200 when there is no statusCode', async () => {
      expect(await answerTo({ message: 'hi' })).toMatchObject({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: '{"message":"hi"}',
      });
      expect(await answerTo('Hello from Lambda!')).toMatchObject({ status: 200, body: 'Hello from Lambda!' });
    });

    it('status, headers and body', async () => {
      const answer = await answerTo({
        statusCode: 201,
        headers: { 'Content-Type': 'application/xml', 'X-Number': 7 },
        body: '<a/>',
      });
      expect(answer).toMatchObject({ status: 201, body: '<a/>' });
      expect(answer.headers).toMatchObject({
        'content-type': 'application/xml',
        'x-number': '7',
        'content-length': '4',
      });
      expect(answer.headers['apigw-requestid']).toBeDefined();
    });

    it('as plain text when it has a body and no content type', async () => {
      const { headers } = await answerTo({ statusCode: 200, body: 'x' });
      expect(headers['content-type']).toBe('text/plain;charset=utf-8');
    });

    it('decoded from base64', async () => {
      const body = Buffer.from('ünd').toString('base64');
      expect((await answerTo({ statusCode: 200, body, isBase64Encoded: true })).body).toBe('ünd');
    });

    it('one header for each cookie', async () => {
      const { headers } = await answerTo({ statusCode: 200, cookies: ['a=1; Secure', 'b=2'] });
      expect(headers['set-cookie']).toEqual(['a=1; Secure', 'b=2']);
    });

    it('nothing at all for 204', async () => {
      const { status, headers, body } = await answerTo({ statusCode: 204 });
      expect([status, body]).toEqual([204, '']);
      expect(headers).not.toHaveProperty('content-type');
    });

    it.each([
      ['throws', new Error('down')],
      ['returns a status that is none', { statusCode: 'fine' }],
      ['returns a body that is no string', { statusCode: 200, body: { a: 1 } }],
    ])('500 when it %s', async (_, returned) => {
      expect(await answerTo(returned)).toMatchObject({
        status: 500,
        body: '{"message":"Internal Server Error"}',
      });
    });
  });

  it('answers 413 to more than 10 MB without asking the function', async () => {
    const before = events.length;
    const answer = await send(gateway.url, { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });
    expect(answer).toMatchObject({ status: 413, body: '{"message":"Request Entity Too Large"}' });
    expect(events).toHaveLength(before);
  });

  it('answers 431 to more than 10 kB of headers', async () => {
    const answer = await send(gateway.url, { headers: [['x-long', 'x'.repeat(11_000)]] });
    expect(answer.status).toBe(431);
  });

  it('answers 503 when the function takes more than 30 s', async () => {
    const host = createFunctionHost({ clock: realTime() });
    host.add({ name: 'api', memoryMb: 1, timeoutSeconds: 60, handler: () => new Promise(() => {}) });
    const soon = { ...realTime(), after: (_ms: number, task: () => void) => realTime().after(10, task) };
    const slow = await startGateway({
      port: 0,
      host,
      functionName: 'api',
      clock: soon,
      localRoutes: async () => {},
    });
    expect(await send(slow.url)).toMatchObject({ status: 503, body: '{"message":"Service Unavailable"}' });
    await slow.close();
  });

  it('keeps /_local for the platform itself', async () => {
    const before = events.length;
    expect(await send(`${gateway.url}/_local/info?x=1`)).toMatchObject({ status: 418, body: 'local' });
    expect(events).toHaveLength(before);
    await eventOf('/_localised');
    expect(events).toHaveLength(before + 1);
  });
});
