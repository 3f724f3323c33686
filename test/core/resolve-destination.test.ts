import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Directory,
  EMPTY_DIRECTORY,
  resolveDestination,
  type SipDefaults,
} from '../../core/resolve-destination.ts';
import { PSTN, route, to, trunk } from './directory.ts';

const DEFAULTS: SipDefaults = { transport: 'tls', codecs: ['PCMU', 'PCMA'] };

const resolve = (text: string, directory: Partial<Directory> = {}, defaults = DEFAULTS) =>
  resolveDestination(text, { ...EMPTY_DIRECTORY, ...directory }, defaults);

const uriOf = (text: string, directory: Partial<Directory>) => {
  const resolved = resolve(text, directory);
  return resolved.kind === 'sip' ? resolved.target.uri : resolved;
};

describe('A number', () => {
  const office = trunk('office', { host: 'pbx.example.com', port: 5070, codecs: ['PCMA'] });
  const carrier = trunk('carrier', {
    host: '[2001:db8::1]',
    transport: 'udp',
    credentials: { username: 'us', password: { ciphertext: 'c2VhbGVk' } },
  });
  const trunks = [office, carrier];

  it('in E.164 form is the telephone network’s where no route says otherwise', () => {
    expect(resolve('+12025550100')).toEqual({ kind: 'pstn', number: '+12025550100' });
    expect(resolve('+12025550100', { routes: [route('1000XXX', to('office'))], trunks })).toEqual({
      kind: 'pstn',
      number: '+12025550100',
    });
  });

  it.each(['1000123', '*43#', '012', '+0123', '+1'])('%s leads nowhere without a route', text => {
    expect(resolve(text)).toEqual({ kind: 'unknown' });
  });

  it('1000123 goes over the trunk that its route names, with that trunk’s transport and codecs', () => {
    expect(resolve('1000123', { routes: [route('1000XXX', to('office'))], trunks })).toEqual({
      kind: 'sip',
      target: {
        kind: 'sip',
        uri: 'sip:1000123@pbx.example.com:5070',
        transport: 'tls',
        codecs: ['PCMA'],
      },
      trunk: office,
      headers: [],
    });
  });

  it('of a whole country can go to the account’s own carrier, with its credentials', () => {
    expect(resolve('+4930123', { routes: [route('+49.', to('carrier'))], trunks })).toMatchObject({
      target: {
        uri: 'sip:+4930123@[2001:db8::1]',
        transport: 'udp',
        credentials: { username: 'us', password: { ciphertext: 'c2VhbGVk' } },
      },
    });
  });

  it('follows the lowest priority number, and of equals the oldest', () => {
    const routes = [
      route('1.', { kind: 'refuse', reason: 'third' }, { priority: 20 }),
      route('1.', { kind: 'refuse', reason: 'second' }, { priority: 10, createdAtMs: 9 } as never),
      route('1.', { kind: 'refuse', reason: 'first' }, { priority: 10, createdAtMs: 8 } as never),
    ];

    expect(resolve('1000123', { routes })).toEqual({ kind: 'refused', reason: 'first' });
    expect(resolve('1000123', { routes: routes.slice(0, 2) })).toEqual({ kind: 'refused', reason: 'second' });
  });

  it('loses what is stripped before it gets what is prepended', () => {
    const routes = [route('+49.', to('office'), { strip: 3, prepend: '0' })];

    expect(uriOf('+4930123', { routes, trunks })).toBe('sip:030123@pbx.example.com:5070');
  });

  it('can be made one of the telephone network’s', () => {
    const routes = [route('00.', PSTN, { strip: 2, prepend: '+' })];

    expect(resolve('0012025550100', { routes })).toEqual({ kind: 'pstn', number: '+12025550100' });
  });

  it('is not sent to the telephone network in any other form than E.164', () => {
    expect(resolve('000', { routes: [route('00.', PSTN, { strip: 2, prepend: '+' })] })).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('E.164'),
    });
  });

  it('of which nothing is left is refused', () => {
    expect(resolve('12', { routes: [route('1X', to('office'), { strip: 2 })], trunks })).toMatchObject({
      kind: 'refused',
    });
  });

  it('is refused where its route leads to a trunk that is gone', () => {
    expect(resolve('1000123', { routes: [route('1.', to('old'))], trunks })).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('the trunk old, which is gone'),
    });
  });

  it('with a # is escaped in the address', () => {
    expect(uriOf('*43#', { routes: [route('*43#', to('office'))], trunks })).toBe(
      'sip:*43%23@pbx.example.com:5070',
    );
  });
});

describe('A SIP address', () => {
  const DIALS: [text: string, uri: string, transport: string][] = [
    ['sip:alice@example.com', 'sip:alice@example.com', 'tls'],
    ['sip:alice@example.com:5070;transport=UDP', 'sip:alice@example.com:5070', 'udp'],
    ['SIP:alice@example.com;user=phone;transport=tcp', 'sip:alice@example.com;user=phone', 'tcp'],
    ['sip:alice@example.com;transport=tcp?X-A=b&X-C=d%20e', 'sip:alice@example.com', 'tcp'],
    ['sips:alice@example.com', 'sips:alice@example.com', 'tls'],
    ['sip:[2001:db8::1]:5060', 'sip:[2001:db8::1]:5060', 'tls'],
    ['sip:+1202%23@192.0.2.1', 'sip:+1202%23@192.0.2.1', 'tls'],
  ];

  it.each(DIALS)('%s is dialled as %s over %s', (text, uri, transport) => {
    expect(resolve(text)).toEqual({
      kind: 'sip',
      target: { kind: 'sip', uri, transport, codecs: ['PCMU', 'PCMA'] },
      headers: text.includes('?')
        ? [
            ['X-A', 'b'],
            ['X-C', 'd e'],
          ]
        : [],
    });
  });

  it('takes the dialect’s transport where it names none', () => {
    expect(resolve('sip:a@example.com', {}, { transport: 'udp', codecs: ['PCMU'] })).toMatchObject({
      target: { transport: 'udp', codecs: ['PCMU'] },
    });
  });

  it('passes routes by', () => {
    const routes = [route('.', { kind: 'refuse', reason: 'no' })];

    expect(resolve('sip:1000123@example.com', { routes })).toMatchObject({ kind: 'sip' });
  });

  it.each([
    'sip:',
    'sip:@example.com',
    'sip:a b@example.com',
    'sip:example.com?X-A=b@example.net',
    'sip:a@',
    'sip:a@exa mple.com',
    'sip:a@-example.com',
    'sip:a@[::g]',
    'sip:a@[1:2]',
    'sip:a@example.com:0',
    'sip:a@example.com:65536',
    'sip:a@example.com;transport=sctp',
    'sip:a@example.com;transport',
    'sips:a@example.com;transport=udp',
    'sip:a@example.com;maddr=10.0.0.1',
    'sip:a@example.com;method=BYE',
    'sip:a@example.com?X-A=%',
    'sip:a@example.com?X-A=b&x-a=c',
    'sip:a@example.com?Via=x',
    'sip:a@example.com?X-A=b%0d%0aVia:c',
    'sip:a@example.com?X-A=b\r\nVia: c',
    'sip:a@example.com?&',
    'sip:a@example.com?X-Dialplane-Token=x',
    `sip:a@example.com?${Array.from({ length: 21 }, (_, n) => `X-${n}=`).join('&')}`,
    'sip:a@example.com;x=\r\nVia: y',
    'sip:a\r\n@example.com',
    'sip:é@example.com',
    `sip:${'a'.repeat(5_000)}@example.com`,
  ])('%j is refused with a reason', text => {
    expect(resolve(text)).toEqual({ kind: 'refused', reason: expect.stringMatching(/^The address .+\.$/) });
  });

  it('with a password in it is refused without repeating it', () => {
    const refused = resolve('sip:alice:s3cret@example.com');

    expect(refused).toMatchObject({ kind: 'refused', reason: expect.stringContaining('password') });
    expect(JSON.stringify(refused)).not.toContain('s3cret');
  });

  it('that is taken holds nothing that could end a line or a URI on the wire', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'sip:',
        'sips:',
        '@',
        ':',
        ';',
        '?',
        '=',
        '&',
        '[',
        ']',
        '%0d',
        '\r\n',
        ' ',
        '<',
        '>',
        '"',
        'transport=tcp',
      ),
      fc.string({ maxLength: 8 }),
      fc.domain(),
      fc.ipV6(),
    );

    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), parts => {
        const resolved = resolve(`sip:${parts.join('')}`);
        if (resolved.kind === 'sip') {
          expect(resolved.target.uri).toMatch(/^sips?:[!-~]+$/);
          expect(resolved.target.uri).not.toMatch(/[<>"\s?]/);
        } else expect(resolved.kind).toBe('refused');
      }),
      { numRuns: 5_000 },
    );
  });

  it('is read in a time that grows with its length, not faster', () => {
    const started = performance.now();

    for (const text of [
      `sip:${'a.'.repeat(2_000)}!`,
      `sip:${'a@'.repeat(2_000)}`,
      `sip:a@b${';a'.repeat(2_000)} `,
    ])
      expect(resolve(text).kind).toBe('refused');

    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('A client', () => {
  const clients = new Set(['alice']);

  it('is dialled by its name', () => {
    expect(resolve('client:alice', { clients })).toEqual({ kind: 'client', name: 'alice' });
    expect(resolve('Client:alice', { clients })).toEqual({ kind: 'client', name: 'alice' });
  });

  it.each(['client:bob', 'client:Alice', 'client:', 'client:a b', 'alice', ''])('%j is nobody', text => {
    expect(resolve(text, { clients })).toEqual({ kind: 'unknown' });
  });
});
