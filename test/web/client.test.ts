import { afterEach, describe, expect, it, vi } from 'vitest';
import { requireSuccess } from '../../web/client.ts';
import { type WebError, webErrorNumbers } from '../../web/errors.ts';
import { callbackLimits } from '../../web/limits.ts';
import { dnsOf, httpServer, httpsServer, loopbackClient, tcpServer } from './servers.ts';

const textOf = (body: Uint8Array) => Buffer.from(body).toString();

describe('A request', () => {
  it('reaches the server as it was given, and brings back the answer', async () => {
    const server = await httpServer((_, response) =>
      response.writeHead(201, { 'Content-Type': 'text/xml', 'X-Two': ['a', 'b'] }).end('<Response/>'),
    );

    const answer = await loopbackClient().request({
      method: 'POST',
      url: `${server.url}/voice?a=1#tt=5000`,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Signature': 's' },
      body: 'CallSid=CA1&To=%2B1',
    });

    expect(answer).toMatchObject({ status: 201, url: `${server.url}/voice?a=1`, redirects: 0 });
    expect(answer.headers).toMatchObject({ 'content-type': 'text/xml', 'x-two': 'a, b' });
    expect(textOf(answer.body)).toBe('<Response/>');
    expect(server.seen).toMatchObject([
      {
        method: 'POST',
        url: '/voice?a=1',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': '19',
          'x-signature': 's',
          'user-agent': 'Dialplane',
          'accept-encoding': 'identity',
        },
        body: 'CallSid=CA1&To=%2B1',
      },
    ]);
  });

  it('tells how long each step took', async () => {
    const server = await httpServer((_, response) => response.end());

    const { timings } = await loopbackClient().request({ method: 'GET', url: server.url });

    const { dnsMs, connectMs, tlsMs, firstByteMs, totalMs } = timings;
    expect(Math.min(dnsMs, connectMs, tlsMs)).toBeGreaterThanOrEqual(0);
    expect(firstByteMs).toBeGreaterThanOrEqual(dnsMs + connectMs + tlsMs);
    expect(totalMs).toBeGreaterThanOrEqual(firstByteMs);
  });

  it.each([200, 204, 304, 404, 410, 500, 503])('returns status %i for its caller to decide', async status => {
    const server = await httpServer((_, response) => response.writeHead(status).end());

    const answer = await loopbackClient().request({ method: 'GET', url: server.url });

    expect(answer.status).toBe(status);
    if (status < 300) expect(requireSuccess(answer)).toBe(answer);
    else expect(() => requireSuccess(answer)).toThrow(expect.objectContaining({ number: 11217, status }));
  });

  it('sends credentials of the URL as Basic authorization, and in no other way', async () => {
    const server = await httpServer((_, response) => response.end());
    const url = server.url.replace('://', '://ann:p%40ss%3A@');

    const answer = await loopbackClient().request({ method: 'GET', url: `${url}/voice` });

    expect(server.seen[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('ann:p@ss:').toString('base64')}`,
    );
    expect(server.seen[0]?.url).toBe('/voice');
    expect(answer.url).toBe(`${server.url}/voice`);
    expect(answer.baseUrl).toBe(`${url}/voice`);
  });

  it('uses a kept connection for the next one', async () => {
    const server = await httpServer((_, response) => response.end());
    const web = loopbackClient();

    for (let count = 0; count < 3; count++) await web.request({ method: 'POST', url: server.url, body: 'x' });

    expect(server.connections.size).toBe(1);
  });

  it('does not use a connection that was idle for longer than a second', async () => {
    const server = await httpServer((_, response) => response.end());
    let nowMs = 0;
    const clock = { now: () => nowMs, after: () => ({ cancel() {} }) };
    const web = loopbackClient({ clock });

    await web.request({ method: 'POST', url: server.url, body: 'x' });
    nowMs += 1_000;
    await web.request({ method: 'POST', url: server.url, body: 'x' });

    expect(server.connections.size).toBe(2);
  });

  describe('with a proxy in the environment', () => {
    afterEach(() => vi.unstubAllEnvs());

    it('does not use it', async () => {
      const server = await httpServer((_, response) => response.end('direct'));
      for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) vi.stubEnv(name, 'http://127.0.0.1:1');
      vi.stubEnv('NODE_USE_ENV_PROXY', '1');

      const answer = await loopbackClient().request({ method: 'GET', url: server.url });

      expect(textOf(answer.body)).toBe('direct');
    });
  });
});

// biome-ignore format: one list
const redirectRules = [
  [301, 'POST', 'GET'], [302, 'POST', 'GET'], [303, 'POST', 'GET'], [307, 'POST', 'POST'], [308, 'POST', 'POST'],
  [301, 'GET', 'GET'], [302, 'GET', 'GET'], [303, 'GET', 'GET'], [307, 'GET', 'GET'], [308, 'GET', 'GET'],
  [301, 'PUT', 'PUT'], [303, 'PUT', 'GET'],
] as const;

describe('A redirect', () => {
  it.each(redirectRules)('with %i makes %s into %s', async (status, method, followedBy) => {
    const server = await httpServer(({ url }, response) =>
      url === '/old' ? response.writeHead(status, { location: 'new?b=2' }).end() : response.end('moved here'),
    );
    const form = method === 'GET' ? {} : { headers: { 'Content-Type': 'text/plain' }, body: 'Digits=1' };

    const answer = await loopbackClient().request({ method, url: `${server.url}/old`, ...form });

    expect(answer).toMatchObject({ status: 200, url: `${server.url}/new?b=2`, redirects: 1 });
    const keepsBody = followedBy !== 'GET';
    expect(server.seen[1]).toMatchObject({
      method: followedBy,
      url: '/new?b=2',
      body: keepsBody ? 'Digits=1' : '',
    });
    expect(server.seen[1]?.headers['content-type']).toBe(keepsBody ? 'text/plain' : undefined);
  });

  it('is followed three times, the fourth is an error', async () => {
    const server = await httpServer(({ url }, response) => {
      const left = Number(url.slice(1));
      if (left === 0) response.end('found');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    const web = loopbackClient();

    expect(await web.request({ method: 'GET', url: `${server.url}/3` })).toMatchObject({ redirects: 3 });
    await expect(web.request({ method: 'GET', url: `${server.url}/4` })).rejects.toMatchObject({
      code: 'too-many-redirects',
      number: 11215,
    });
    expect(server.seen).toHaveLength(8);
  });

  it('takes credentials along on the same server, and never to another', async () => {
    const other = await httpServer((_, response) => response.end());
    const server = await httpServer(({ url }, response) => {
      const location = url === '/a' ? '/b' : `${other.url}/c`;
      response.writeHead(307, { location }).end();
    });
    const url = `${server.url.replace('://', '://ann:pw@')}/a`;

    const answer = await loopbackClient().request({
      method: 'POST',
      url,
      headers: { cookie: 'c=1' },
      body: 'x',
    });

    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill('Basic YW5uOnB3'));
    expect(other.seen[0]?.headers).not.toHaveProperty('authorization');
    expect(other.seen[0]?.headers).not.toHaveProperty('cookie');
    expect(answer.baseUrl).toBe(`${other.url}/c`);
  });

  it('without a Location is an answer like any other', async () => {
    const server = await httpServer((_, response) => response.writeHead(302).end());

    expect(await loopbackClient().request({ method: 'GET', url: server.url })).toMatchObject({ status: 302 });
  });
});

describe('A body', () => {
  const limits = { bodyBytes: 1_000 };

  it.each([true, false])('of just the permitted length is read (length announced: %s)', async announced => {
    const server = await httpServer((_, response) => {
      if (announced) response.setHeader('content-length', 1_000);
      response.write('a'.repeat(400));
      response.end('b'.repeat(600));
    });

    expect((await loopbackClient({ limits }).request({ method: 'GET', url: server.url })).body).toHaveLength(
      1_000,
    );
  });

  it.each([true, false])('of one byte more is an error (length announced: %s)', async announced => {
    const server = await httpServer((_, response) => {
      if (announced) response.setHeader('content-length', 1_001);
      response.write('a'.repeat(400));
      response.end('b'.repeat(601));
    });

    await expect(
      loopbackClient({ limits }).request({ method: 'GET', url: server.url }),
    ).rejects.toMatchObject({
      code: 'body-too-large',
      number: 11750,
    });
  });

  it('without an end does not fill the memory', async () => {
    const server = await tcpServer(socket => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const pour = () => {
        while (socket.writable && socket.write(Buffer.alloc(16_384)));
      };
      socket.on('drain', pour);
      pour();
    });

    await expect(loopbackClient().request({ method: 'GET', url: server.url })).rejects.toMatchObject({
      code: 'body-too-large',
    });
  });

  it('that nobody reads is cut instead', async () => {
    const server = await httpServer((_, response) => response.end('x'.repeat(100_000)));

    const answer = await loopbackClient().request({
      method: 'POST',
      url: server.url,
      limits: callbackLimits,
    });

    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toHaveLength(callbackLimits.bodyBytes);
  });

  it('of a redirect may be long', async () => {
    const server = await httpServer(({ url }, response) =>
      url === '/'
        ? response.writeHead(302, { location: '/x' }).end('x'.repeat(2_000))
        : response.end('found'),
    );

    expect(await loopbackClient({ limits }).request({ method: 'GET', url: server.url })).toMatchObject({
      status: 200,
    });
  });

  it('that was compressed unasked is an error', async () => {
    const server = await httpServer((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('?'),
    );

    await expect(loopbackClient().request({ method: 'GET', url: server.url })).rejects.toMatchObject({
      number: 11251,
    });
  });
});

describe('A server', () => {
  it('that nobody runs is a connect error', async () => {
    const web = loopbackClient();

    const error = await web.request({ method: 'GET', url: 'http://127.0.0.1:1/' }).catch(error => error);

    expect(error).toMatchObject({ name: 'ConnectError', code: 'connect-failed', number: 11205 });
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each([
    ['hangs up at once', (socket: { end(): void }) => socket.end(), 'connection-broken', 11200],
    [
      'resets the connection',
      (socket: { resetAndDestroy(): void }) => socket.resetAndDestroy(),
      'connection-broken',
      11200,
    ],
    [
      'ends in the middle of the body',
      answering('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'),
      'connection-broken',
      11200,
    ],
    ['ends in the middle of the head', answering('HTTP/1.1 200 OK\r\nContent-'), 'connection-broken', 11200],
    ['speaks another protocol', answering('220 mail.example.com ESMTP\r\n'), 'protocol-violated', 11251],
    ['sends a broken head', answering('HTTP/1.1 200 OK\r\n: x\r\n\r\n'), 'protocol-violated', 11251],
    [
      'sends two lengths',
      answering('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na'),
      'protocol-violated',
      11251,
    ],
    [
      'sends a head without end',
      answering(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`),
      'protocol-violated',
      11251,
    ],
    [
      'switches protocols',
      answering('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
      'protocol-violated',
      11251,
    ],
  ] as const)('that %s gets its own error', async (_, behave, code, number) => {
    const server = await tcpServer(socket => void socket.once('data', () => behave(socket)));

    await expect(loopbackClient().request({ method: 'GET', url: server.url })).rejects.toMatchObject({
      code,
      number,
    });
  });

  function answering(text: string) {
    return (socket: { end(text: string): void }) => socket.end(text);
  }
});

describe('TLS', () => {
  const host = 'customer.test';
  const lookup = dnsOf({ [host]: ['127.0.0.1'], [`${host}.`]: ['127.0.0.1'] });

  it.each([host, `${host}.`])(
    'to https://%s names the host in SNI and verifies the certificate',
    async name => {
      const server = await httpsServer((_, response) => response.end('secret'));
      const web = loopbackClient({ lookup, trustedCertificates: [server.cert] });

      const answer = await web.request({ method: 'GET', url: `https://${name}:${server.port}/` });

      expect(textOf(answer.body)).toBe('secret');
      expect([...server.connections].map(socket => (socket as { servername?: string }).servername)).toEqual([
        host,
      ]);
    },
  );

  it('uses a kept connection for the next request', async () => {
    const server = await httpsServer((_, response) => response.end());
    const web = loopbackClient({ lookup, trustedCertificates: [server.cert] });

    for (let count = 0; count < 2; count++)
      await web.request({ method: 'GET', url: `https://${host}:${server.port}/` });

    expect(server.connections.size).toBe(1);
  });

  it.each([
    ['nobody trusts', host, false, undefined],
    ['is for another host', 'other.test', true, undefined],
    ['is out of date', host, true, new Date(Date.now() - 86_400_000)],
  ] as const)(
    'with a certificate that %s is an error, and no request is sent',
    async (_, certified, trusted, notAfter) => {
      const server = await httpsServer((_, response) => response.end(), certified, notAfter);
      const web = loopbackClient({ lookup, trustedCertificates: trusted ? [server.cert] : [] });

      const request = web.request({ method: 'GET', url: `https://${host}:${server.port}/` });

      await expect(request).rejects.toMatchObject({ name: 'TlsError', code: 'tls-failed', number: 11220 });
      expect(server.seen).toEqual([]);
    },
  );

  it('is verified even if the environment asks for less', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const server = await httpsServer((_, response) => response.end());

    const request = loopbackClient({ lookup }).request({
      method: 'GET',
      url: `https://${host}:${server.port}/`,
    });

    await expect(request).rejects.toMatchObject({ code: 'tls-failed' });
    vi.unstubAllEnvs();
  });

  it('with a server that speaks plain HTTP is an error', async () => {
    const server = await httpServer((_, response) => response.end());
    const url = server.url.replace('http:', 'https:');

    await expect(loopbackClient().request({ method: 'GET', url })).rejects.toMatchObject({
      code: 'tls-failed',
    });
  });
});

describe('An error', () => {
  it('never shows the credentials or the query of its URL', async () => {
    const server = await httpServer(({ url }, response) => {
      if (url.startsWith('/loop')) response.writeHead(302, { location: url }).end();
      else if (url.startsWith('/long')) response.end('x'.repeat(70_000));
      else response.destroy();
    });
    const web = loopbackClient({ lookup: dnsOf({}) });
    const origins = [
      server.url,
      'http://10.0.0.1',
      'http://127.0.0.1:1',
      'http://missing.test',
      'https://[bad',
    ];
    const urls = origins.flatMap(origin =>
      ['/loop', '/long', '/gone'].map(
        path => `${origin.replace('://', '://ann:hunter2@')}${path}?pin=hunter2`,
      ),
    );

    for (const url of [...urls, `${urls[0]}#tt=1`]) {
      const error: WebError = await web.request({ method: 'GET', url }).catch(error => error);
      expect(error.number).toBe(webErrorNumbers[error.code]);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
      expect(String((error.cause as Error | undefined)?.stack)).not.toContain('hunter2');
    }
  });
});
