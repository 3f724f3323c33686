import { describe, expect, it } from 'vitest';
import {
  MAX_CREDENTIAL_CHARACTERS,
  MAX_INBOUND_NETWORKS,
  MAX_TRUNK_CALLER_IDS,
  MAX_TRUNK_HEADERS,
} from '../../../core/trunk.ts';
import { decode, refusal } from './support.ts';

const POST = 'POST /v1/trunks';
const TRUNK = { name: 'office', host: 'sip.example.com' };
const headersOf = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`X-${n}`, 'x']));
const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('A trunk’s host', () => {
  it.each([
    ['sip.example.com', { host: 'sip.example.com' }],
    ['sip.example.com:5061', { host: 'sip.example.com', port: 5061 }],
    ['pbx', { host: 'pbx' }],
    ['192.0.2.1:65535', { host: '192.0.2.1', port: 65_535 }],
    ['[2001:db8::1]', { host: '[2001:db8::1]' }],
    ['[2001:db8::1]:1', { host: '[2001:db8::1]', port: 1 }],
  ])('can be %s', (host, read) => {
    const trunk = decode(POST, { ...TRUNK, host }) as { host: string; port?: number };

    expect({ host: trunk.host, ...(trunk.port !== undefined && { port: trunk.port }) }).toEqual(read);
  });

  it.each([
    '',
    ' ',
    'sip:sip.example.com',
    'sip.example.com:',
    'sip.example.com:0',
    'sip.example.com:65536',
    'sip.example.com:5061;transport=tcp',
    'us@sip.example.com',
    'sip.example.com\r\nVia: x',
    '-sip.example.com',
    'sip.example.com-',
    '2001:db8::1',
    '[2001:db8::g]',
    '[::1%eth0]',
    `${'a'.repeat(254)}`,
    5061,
    null,
  ])('cannot be %j', host => {
    expect(refusal(POST, { ...TRUNK, host })).toMatchObject({ kind: 'invalid-parameter', field: 'host' });
  });
});

describe('A trunk', () => {
  const WRONG: [field: string, json: object][] = [
    ['name', { name: 'Office' }],
    ['name', { name: '-office' }],
    ['name', { name: 'a'.repeat(33) }],
    ['name', { name: 'a#b' }],
    ['transport', { transport: 'sctp' }],
    ['transport', { transport: null }],
    ['codecs', { codecs: [] }],
    ['codecs.1', { codecs: ['PCMU', 'pcma'] }],
    ['codecs', { codecs: ['PCMU', 'PCMU'] }],
    ['codecs', { codecs: 'PCMU' }],
    ['headers', { headers: [] }],
    ['headers', { headers: headersOf(MAX_TRUNK_HEADERS + 1) }],
    ['headers.X-A', { headers: { 'X-A': 1 } }],
    ['headers.X-A', { headers: { 'X-A': 'a\r\nVia: b' } }],
    ['headers.Via', { headers: { Via: 'x' } }],
    ['headers.X-Dialplane-Token', { headers: { 'X-Dialplane-Token': 'x' } }],
    ['headers.X A', { headers: { 'X A': 'x' } }],
    ['headers.X-A', { headers: { 'X-A': 'x', 'x-a': 'y' } }],
    ['passIdentity', { passIdentity: 'yes' }],
    ['callerIds', { callerIds: many(MAX_TRUNK_CALLER_IDS + 1, 'X') }],
    ['callerIds.1', { callerIds: ['X', '(1|2)+'] }],
    ['inboundNetworks', { inboundNetworks: many(MAX_INBOUND_NETWORKS + 1, '192.0.2.1') }],
    ['inboundNetworks.0', { inboundNetworks: ['example.com'] }],
    ['inboundNetworks.0', { inboundNetworks: ['0.0.0.0/0'] }],
    ['inboundNetworks.0', { inboundNetworks: ['10.0.0.0/15'] }],
    ['inboundNetworks.0', { inboundNetworks: ['2000::/31'] }],
    ['credentials', { credentials: 'us:secret' }],
    ['credentials.username', { credentials: { username: '', password: 'x' } }],
    ['credentials.password', { credentials: { username: 'us', password: '' } }],
    ['credentials.password', { credentials: { username: 'us', password: 'a\nb' } }],
    [
      'credentials.password',
      { credentials: { username: 'us', password: 'x'.repeat(MAX_CREDENTIAL_CHARACTERS + 1) } },
    ],
  ];

  it.each(WRONG)('is refused for its %s in %j', (field, json) => {
    expect(refusal(POST, { ...TRUNK, ...json })).toMatchObject({
      kind: 'invalid-parameter',
      field,
      message: expect.stringMatching(new RegExp(`^${field.replace(/[.]/g, '\\.')} .+\\.$`)),
    });
  });

  it('can be as large as its limits', () => {
    const largest = {
      name: 'a'.repeat(32),
      headers: headersOf(MAX_TRUNK_HEADERS),
      callerIds: many(MAX_TRUNK_CALLER_IDS, 'X'),
      inboundNetworks: [...many(MAX_INBOUND_NETWORKS - 2, '192.0.2.1'), '10.0.0.0/16', '2001:db8::/32'],
      credentials: { username: 'u', password: 'x'.repeat(MAX_CREDENTIAL_CHARACTERS) },
    };

    expect(decode(POST, { ...TRUNK, ...largest })).toMatchObject({ name: largest.name });
  });

  it.each([
    [{ colour: 'red' }, 'colour'],
    [{ codec: 'PCMU' }, 'codec'],
    [{ createdAt: '2026-11-22T00:00:00.000Z' }, 'createdAt'],
    [{ credentials: { username: 'u', passwort: 'x' } }, 'credentials.passwort'],
  ])('is refused for an attribute that there is not, by its name: %j', (json, field) => {
    expect(refusal(POST, { ...TRUNK, ...json })).toMatchObject({
      kind: 'unknown-parameter',
      field,
      message: `${field}: no such attribute. Leave it out.`,
    });
  });

  it('without a host or a name is told which is missing', () => {
    expect(refusal(POST, { name: 'office' })).toMatchObject({ kind: 'missing-parameter', field: 'host' });
    expect(refusal(POST, { host: 'x' })).toMatchObject({ kind: 'missing-parameter', field: 'name' });
    expect(refusal(POST, { ...TRUNK, credentials: { password: 'x' } })).toMatchObject({
      kind: 'missing-parameter',
      field: 'credentials.username',
    });
  });

  it('with a misspelt attribute is told of that before of the one that is missing for it', () => {
    expect(refusal(POST, { name: 'office', hots: 'x' })).toMatchObject({ field: 'hots' });
  });

  it.each([[[]], [null], ['office'], [1]])('is an object, not %j', json => {
    expect(refusal(POST, json).kind).toBe('malformed-body');
  });

  it('comes as JSON', () => {
    expect(refusal(POST, undefined).kind).toBe('unsupported-media-type');
  });

  it('cannot be looked for under what is no name', () => {
    for (const name of ['', 'a#b', 'A', 'x'.repeat(5_000)]) {
      const problem = refusal('GET /v1/trunks/{name}', undefined, { name });
      expect(problem).toMatchObject({
        kind: 'unknown-resource',
        message: 'There can be no trunk of that name.',
      });
    }
  });

  it('keeps a header of any name that SIP allows', () => {
    const json = JSON.parse('{"name":"office","host":"x","headers":{"constructor":"a","X-B":"b"}}');

    expect(decode(POST, json)).toMatchObject({
      headers: [
        ['constructor', 'a'],
        ['X-B', 'b'],
      ],
    });
  });
});
