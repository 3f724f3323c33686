import { describe, expect, it } from 'vitest';
import { accountOfDomain } from '../../core/client.ts';
import { isWithin, parseNetwork } from '../../core/network.ts';
import { headerFault } from '../../core/sip-header.ts';
import { mayShow, trunkHeaders, trunksFrom } from '../../core/trunk.ts';
import { ACCOUNT, trunk } from './directory.ts';

describe('The headers of an INVITE over a trunk', () => {
  it('are those that were asked for and then the trunk’s own', () => {
    const { headers, refused } = trunkHeaders(trunk('t', { headers: [['X-Customer', '42']] }), [
      ['X-A', 'b'],
    ]);

    expect(headers).toEqual([
      ['X-A', 'b'],
      ['X-Customer', '42'],
    ]);
    expect(refused).toEqual([]);
  });

  it('are sent once: what was asked for takes the place of the trunk’s own', () => {
    const { headers } = trunkHeaders(trunk('t', { headers: [['X-Customer', '42']] }), [['x-customer', '43']]);

    expect(headers).toEqual([['x-customer', '43']]);
  });

  it.each(['P-Asserted-Identity', 'privacy', 'Remote-Party-ID', 'P-Preferred-Identity'])(
    'may have %s only where the trunk lets the identity pass',
    name => {
      const asked: [string, string][] = [
        ['X-A', 'b'],
        [name, 'x'],
      ];

      expect(trunkHeaders(trunk('t', { passIdentity: true }), asked).refused).toEqual([]);
      expect(trunkHeaders(trunk('t', { passIdentity: false }), asked).refused).toEqual([name]);
    },
  );

  it('may have the trunk’s own identity in any case', () => {
    const own = trunk('t', { passIdentity: false, headers: [['P-Asserted-Identity', 'tel:+12025550110']] });

    expect(trunkHeaders(own, [])).toEqual({ headers: own.headers, refused: [] });
  });
});

describe('A header', () => {
  it.each([
    'Via',
    'v',
    'CALL-ID',
    'Session-Expires',
    'X-Dialplane-Token',
    'x-dialplane',
    'No Token',
    '',
    'é',
  ])('named %j is none that an account may set', name => {
    expect(headerFault(name, 'x')).toMatch(/^(?:does not name|names a header)/);
  });

  it('can hold anything but control characters, up to 1,024 bytes', () => {
    expect(headerFault('X-A', 'é'.repeat(512))).toBeUndefined();
    expect(headerFault('X-A', 'é'.repeat(513))).toContain('1024 bytes');
    expect(headerFault('X-A', 'a\r\nVia: b')).toContain('line breaks');
    expect(headerFault('X-A', '\ud800')).toContain('halves');
  });
});

describe('A caller id', () => {
  it('may be shown over a trunk where one of its patterns matches', () => {
    const own = trunk('t', { callerIds: ['1000XXX', '+4930.'] });

    expect(['1000125', '+49301', '1001125', '+4930', 'alice'].map(id => mayShow(own, id))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('A network', () => {
  it.each([
    ['198.51.100.7', { address: '198.51.100.7', prefix: 32, family: 'ipv4' }],
    ['198.51.100.0/24', { address: '198.51.100.0', prefix: 24, family: 'ipv4' }],
    ['2001:db8::/32', { address: '2001:db8::', prefix: 32, family: 'ipv6' }],
    ['::1', { address: '::1', prefix: 128, family: 'ipv6' }],
  ])('%s is read', (text, network) => {
    expect(parseNetwork(text)).toEqual(network);
  });

  it.each([
    '',
    'example.com',
    '10.0.0/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '::/129',
    '10.0.0.0/8/8',
    'fe80::1%eth0',
  ])('%j is none', text => {
    expect(parseNetwork(text)).toBeUndefined();
  });

  it('holds its addresses, however a socket writes them', () => {
    const networks = ['198.51.100.0/24', '2001:db8::/32'];

    expect(
      ['198.51.100.255', '::ffff:198.51.100.1', '2001:db8:ffff::1', '198.51.101.0', '2001:db9::', 'x'].map(
        address => isWithin(address, networks),
      ),
    ).toEqual([true, true, true, false, false, false]);
  });
});

describe('A call from outside', () => {
  it('has come over every trunk that lets its address in', () => {
    const trunks = [
      trunk('a', { inboundNetworks: ['198.51.100.0/24'] }),
      trunk('b', { inboundNetworks: ['198.51.100.7/32', '203.0.113.0/24'] }),
      trunk('c'),
    ];

    expect(trunksFrom('198.51.100.7', trunks).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(trunksFrom('192.0.2.1', trunks)).toEqual([]);
  });
});

describe('A SIP domain', () => {
  it('tells its account by its first label', () => {
    expect(accountOfDomain(ACCOUNT)).toBe(ACCOUNT);
    expect(accountOfDomain(`${ACCOUNT.toLowerCase()}.sip.example.com`)).toBe(ACCOUNT);
    expect(accountOfDomain('sip.example.com')).toBeUndefined();
    expect(accountOfDomain(`${ACCOUNT}0.example.com`)).toBeUndefined();
  });
});
