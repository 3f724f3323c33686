import { describe, expect, it } from 'vitest';
import { createResolver, type Destination } from '../../../sip/resolve/resolver.ts';
import { type Protocol, protocols } from '../../../sip/transport/transport.ts';
import { dnsOf, naptr, srv, type Zone } from '../support/dns.ts';
import { seededRandom } from '../support/virtual-clock.ts';

async function resolved(destination: Partial<Destination>, zone: Zone = {}, spoken?: Protocol[]) {
  const dns = dnsOf(zone);
  const resolver = createResolver({ dns, random: seededRandom(1), ...(spoken ? { spoken } : {}) });
  const targets: string[] = [];
  for await (const { protocol, address, port } of resolver.targets({
    secure: false,
    host: 'example.com',
    ...destination,
  }))
    targets.push(`${protocol} ${address} ${port}`);
  return { targets, asked: dns.asked };
}

const SERVED: Zone = {
  naptr: {
    'example.com': [
      naptr('SIP+D2U', '_sip._udp.example.com', 50),
      naptr('SIPS+D2T', '_sips._tcp.example.com', 90),
      naptr('SIP+D2T', '_sip._tcp.example.com', 40),
      naptr('E2U+email', 'nothing', 1),
    ],
  },
  srv: {
    '_sip._udp.example.com': [srv('one.example.com', 1), srv('two.example.com', 2, 0, 5_070)],
    '_sip._tcp.example.com': [srv('one.example.com')],
    '_sips._tcp.example.com': [srv('one.example.com', 0, 0, 5_061)],
  },
  a: {
    'one.example.com': ['192.0.2.1', '192.0.2.2'],
    'two.example.com': ['192.0.2.3'],
    'example.com': ['192.0.2.9'],
  },
  aaaa: { 'two.example.com': ['2001:db8::3'] },
};

describe('from a URI to targets (RFC 3263 §4)', () => {
  it('an address is used as it is, without any question', async () => {
    expect(await resolved({ host: '192.0.2.7' }, SERVED)).toEqual({
      targets: ['UDP 192.0.2.7 5060'],
      asked: [],
    });
    expect((await resolved({ host: '[2001:db8::1]', port: 5_070 })).targets).toEqual([
      'UDP 2001:db8::1 5070',
    ]);
    expect((await resolved({ host: '192.0.2.7', transport: 'tcp' })).targets).toEqual(['TCP 192.0.2.7 5060']);
    expect((await resolved({ host: '192.0.2.7', secure: true })).targets).toEqual(['TLS 192.0.2.7 5061']);
  });

  it('port 0 leads nowhere, and nobody is asked: nothing listens there (RFC 6335 §6)', async () => {
    expect(await resolved({ port: 0 }, SERVED)).toEqual({ targets: [], asked: [] });
    expect(await resolved({ host: '192.0.2.7', port: 0 })).toEqual({ targets: [], asked: [] });
    const zone = {
      srv: { '_sip._udp.example.com': [srv('one.example.com', 1, 0, 0), srv('one.example.com', 2)] },
      a: { 'one.example.com': ['192.0.2.1'] },
    };
    expect((await resolved({ transport: 'udp' }, zone)).targets).toEqual(['UDP 192.0.2.1 5060']);
  });

  it('a name with a port is looked up by address records only', async () => {
    const { targets, asked } = await resolved({ port: 5_080 }, SERVED);
    expect([targets, asked]).toEqual([['UDP 192.0.2.9 5080'], ['a example.com', 'aaaa example.com']]);
  });

  it('NAPTR chooses the protocols in its order, SRV the servers, and every address is tried', async () => {
    expect((await resolved({}, SERVED)).targets).toEqual([
      'TCP 192.0.2.1 5060',
      'TCP 192.0.2.2 5060',
      'UDP 192.0.2.1 5060',
      'UDP 192.0.2.2 5060',
      'UDP 192.0.2.3 5070',
      'UDP 2001:db8::3 5070',
      'TLS 192.0.2.1 5061',
      'TLS 192.0.2.2 5061',
    ]);
  });

  it('a protocol that is not spoken here is left out', async () => {
    const { targets } = await resolved({}, SERVED, ['UDP']);
    expect(new Set(targets.map(target => target.split(' ')[0]))).toEqual(new Set(['UDP']));
  });

  it('sips goes by TLS only', async () => {
    expect((await resolved({ secure: true }, SERVED)).targets).toEqual([
      'TLS 192.0.2.1 5061',
      'TLS 192.0.2.2 5061',
    ]);
  });

  it('a transport parameter asks for its SRV records without NAPTR', async () => {
    const { targets, asked } = await resolved({ transport: 'tcp' }, SERVED);
    expect(targets).toEqual(['TCP 192.0.2.1 5060', 'TCP 192.0.2.2 5060']);
    expect(asked[0]).toBe('srv _sip._tcp.example.com');
  });

  it('without NAPTR the SRV records of every protocol are asked for', async () => {
    const { naptr: _without, ...zone } = SERVED;
    expect((await resolved({}, zone)).targets.map(target => target.split(' ')[0])).toEqual([
      'UDP',
      'UDP',
      'UDP',
      'UDP',
      'TCP',
      'TCP',
      'TLS',
      'TLS',
    ]);
  });

  it('without SRV the address records of the name are left, and the default port', async () => {
    expect((await resolved({}, { a: { 'example.com': ['192.0.2.9'] } })).targets).toEqual([
      'UDP 192.0.2.9 5060',
    ]);
    expect((await resolved({ secure: true }, { a: { 'example.com': ['192.0.2.9'] } })).targets).toEqual([
      `TLS 192.0.2.9 ${protocols.TLS.defaultPort}`,
    ]);
  });

  it('a service that is said not to exist is not looked for at the name itself (RFC 2782)', async () => {
    const zone = { srv: { '_sip._udp.example.com': [srv('.')] }, a: { 'example.com': ['192.0.2.9'] } };
    expect((await resolved({}, zone)).targets).toEqual([]);
  });

  it.each([
    ['the first server', 'a one.example.com', ['UDP 192.0.2.3 5070', 'UDP 2001:db8::3 5070']],
    ['its IPv4', 'a two.example.com', ['UDP 192.0.2.1 5060', 'UDP 192.0.2.2 5060', 'UDP 2001:db8::3 5070']],
    ['SRV', 'srv _sip._udp.example.com', ['UDP 192.0.2.9 5060']],
  ])('a failed look-up of %s is one place less (§4.3)', async (_, question, targets) => {
    expect((await resolved({ transport: 'udp' }, { ...SERVED, fails: [question] })).targets).toEqual(targets);
  });

  it('a failed look-up is told where there is nothing else to try', async () => {
    const fails = ['a example.com'];
    await expect(resolved({ port: 5_080 }, { fails })).rejects.toThrow('a example.com: SERVFAIL');
  });

  it('the name that was asked for goes along, for SNI and the certificate (RFC 5922 §7)', async () => {
    const resolver = createResolver({ dns: dnsOf(SERVED), random: seededRandom(1) });
    for await (const target of resolver.targets({ secure: true, host: 'example.com' }))
      expect(target.host).toBe('example.com');
  });

  it('looks nothing up before its turn', async () => {
    const dns = dnsOf(SERVED);
    const resolver = createResolver({ dns, random: seededRandom(1) });
    for await (const _ of resolver.targets({ secure: false, host: 'example.com' })) break;
    expect(dns.asked).toEqual(['naptr example.com', 'srv _sip._tcp.example.com', 'a one.example.com']);
  });

  it('an address without a transport is reached by what is spoken', async () => {
    expect((await resolved({ host: '192.0.2.7' }, {}, ['TCP'])).targets).toEqual(['TCP 192.0.2.7 5060']);
    expect((await resolved({ host: '192.0.2.7' }, {}, ['TLS'])).targets).toEqual(['TLS 192.0.2.7 5061']);
  });

  it.each([{ transport: 'ws' }, { transport: 'sctp' }, { transport: 'udp', secure: true }])(
    '%o leads nowhere',
    async destination => {
      expect((await resolved({ host: '192.0.2.7', ...destination })).targets).toEqual([]);
    },
  );
});
