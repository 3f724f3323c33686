import { describe, expect, it } from 'vitest';
import { systemClock } from '../../web/clock.ts';
import { openConnection } from '../../web/connection.ts';
import { AddressRefusedError, DnsError } from '../../web/errors.ts';
import { documentLimits } from '../../web/limits.ts';
import { dnsOf, httpServer, loopbackClient } from './servers.ts';

// biome-ignore format: one list
const spellings = [
  '127.0.0.1', '127.1', '127.0.1', '2130706433', '0x7f000001', '0x7f.0.0.1', '0177.0.0.1', '017700000001', '0', '0.0.0.0',
  '127.0.0.1.', '①②⑦.0.0.1', '127。0。0。1', '%31%32%37.0.0.1', '[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:7f00:0001]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[fe80::1]', '169.254.169.254', '0xa9fea9fe',
  '[fd00:ec2::254]', '[::ffff:169.254.169.254]',
];

describe('A host may be spelled as it likes', () => {
  it.each(spellings)('http://%s/ is refused without a connection', async host => {
    const server = await httpServer((_, response) => response.end('inside'));
    const web = loopbackClient({ allowedNetworks: [] });

    const request = web.request({ method: 'GET', url: `http://${host}:${new URL(server.url).port}/` });

    await expect(request).rejects.toThrow(AddressRefusedError);
    expect(server.connections.size).toBe(0);
  });

  it.each(['localhost', 'LOCALHOST', 'inside.test', 'inside.test.', 'ｉｎｓｉｄｅ.test'])(
    'the name %s is refused for the address that it has',
    async host => {
      const lookup = dnsOf({
        localhost: ['::1', '127.0.0.1'],
        'inside.test': ['10.0.0.7'],
        'inside.test.': ['10.0.0.7'],
      });
      const web = loopbackClient({ allowedNetworks: [], lookup });

      await expect(web.request({ method: 'GET', url: `http://${host}/` })).rejects.toThrow(
        AddressRefusedError,
      );
    },
  );
});

describe('A host name', () => {
  it('is refused when one of its addresses is, whatever the others are', async () => {
    const server = await httpServer((_, response) => response.end());
    const web = loopbackClient({ lookup: dnsOf({ 'both.test': ['127.0.0.1', '192.168.0.1'] }) });

    const request = web.request({ method: 'GET', url: `http://both.test:${new URL(server.url).port}/` });

    await expect(request).rejects.toThrow(
      'both.test has the address 192.168.0.1, which may not be reached from here',
    );
    expect(server.connections.size).toBe(0);
  });

  it('that changes its address after the check (DNS rebinding) is not asked again', async () => {
    const server = await httpServer((_, response) => response.end('the checked one'));
    const lookup = dnsOf({ 'rebind.test': [['127.0.0.1'], ['10.0.0.1']] });
    const web = loopbackClient({ lookup });

    const answer = await web.request({
      method: 'GET',
      url: `http://rebind.test:${new URL(server.url).port}/`,
    });

    expect(Buffer.from(answer.body).toString()).toBe('the checked one');
    expect(lookup.asked).toEqual(['rebind.test']);
    expect(server.seen[0]?.headers.host).toBe(`rebind.test:${new URL(server.url).port}`);
  });

  it('is asked for again when a new connection is made, and then refused', async () => {
    const server = await httpServer((_, response) => response.writeHead(200, { connection: 'close' }).end());
    const web = loopbackClient({ lookup: dnsOf({ 'rebind.test': [['127.0.0.1'], ['10.0.0.1']] }) });
    const url = `http://rebind.test:${new URL(server.url).port}/`;

    await web.request({ method: 'GET', url });

    await expect(web.request({ method: 'GET', url })).rejects.toThrow(AddressRefusedError);
  });

  it('with several addresses is reached at the one that answers', async () => {
    const server = await httpServer((_, response) => response.end('reached'));
    const web = loopbackClient({ lookup: dnsOf({ 'two.test': ['::1', '127.0.0.1'] }) });

    const answer = await web.request({ method: 'GET', url: `http://two.test:${new URL(server.url).port}/` });

    expect(answer.status).toBe(200);
  });

  it.each([
    ['does not resolve', 'missing.test'],
    ['has no address', 'empty.test'],
  ])('that %s is a DNS error', async (reason, host) => {
    const web = loopbackClient({ lookup: dnsOf({ 'empty.test': [] }) });

    const error = await web.request({ method: 'GET', url: `http://${host}/` }).catch(error => error);

    expect(error).toBeInstanceOf(DnsError);
    expect(error).toMatchObject({ code: 'dns-failed', number: 11210 });
    expect(error.message).toContain(reason);
  });
});

describe('A redirect', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:10.0.0.1]/',
    '//10.0.0.1/',
    'http://inside.test/',
  ])('to %s is checked like any other request', async location => {
    const server = await httpServer((_, response) => response.writeHead(302, { location }).end());
    const web = loopbackClient({ lookup: dnsOf({ 'inside.test': ['fd12::1'] }) });

    await expect(web.request({ method: 'GET', url: server.url })).rejects.toThrow(AddressRefusedError);
  });

  it('to another scheme is refused', async () => {
    const server = await httpServer((_, response) =>
      response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    );

    await expect(loopbackClient().request({ method: 'GET', url: server.url })).rejects.toMatchObject({
      code: 'invalid-url',
    });
  });
});

describe('A connection', () => {
  it('is checked once more at the address that it really has', async () => {
    const server = await httpServer((_, response) => response.end());
    const checked: string[] = [];
    const refusal = (address: string) =>
      checked.push(address) === 1 ? undefined : { reason: 'changed', source: 'this test' };
    const tools = { guard: { refusal }, lookup: dnsOf({ 'a.test': ['127.0.0.1'] }), trustedCertificates: [] };
    const attempt = {
      limits: documentLimits,
      clock: systemClock,
      signal: new AbortController().signal,
      timings: { dnsMs: 0, connectMs: 0, tlsMs: 0, firstByteMs: 0 },
    };
    const endpoint = { host: 'a.test', port: Number(new URL(server.url).port), secure: false };

    await expect(openConnection(endpoint, tools, attempt)).rejects.toThrow(AddressRefusedError);
    expect(checked).toEqual(['127.0.0.1', '127.0.0.1']);
  });
});
