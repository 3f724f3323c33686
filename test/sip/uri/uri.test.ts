import { describe, expect, test } from 'vitest';
import { SipSyntaxError } from '../../../sip/grammar/errors.ts';
import { Params } from '../../../sip/grammar/params.ts';
import { SipUri } from '../../../sip/uri/sip-uri.ts';
import type { TelUri } from '../../../sip/uri/tel-uri.ts';
import { parseUri } from '../../../sip/uri/uri.ts';

const sip = (text: string): SipUri => parseUri(text) as SipUri;

describe('a SIP URI', () => {
  test('is read into its parts', () => {
    const uri = sip(
      'sips:alice:se%3Acret@[2001:db8::10]:5061;transport=TCP;lr;x=%20?Subject=a%20b&Priority=urgent',
    );

    expect(uri).toMatchObject({
      scheme: 'sips',
      user: 'alice',
      password: 'se:cret',
      host: '[2001:db8::10]',
      address: '2001:db8::10',
      port: 5061,
      transport: 'tcp',
      looseRouting: true,
      secure: true,
      headers: [
        ['Subject', 'a b'],
        ['Priority', 'urgent'],
      ],
    });
    expect(uri.params.get('X')).toBe(' ');
    expect(uri.params.has('lr')).toBe(true);
    expect(uri.params.get('lr')).toBeUndefined();
  });

  test('may say the same parameter twice if it says the same', () => {
    expect(sip('sip:a@b;transport=udp;lr;TRANSPORT=udp').params.toString()).toBe(';transport=udp;lr');
  });

  test('is written as it stood', () => {
    const text = 'SIP:%61lice@EXAMPLE.com:05060;LR?a=';

    expect(String(sip(text))).toBe(text);
  });

  test('that is made escapes what must be escaped', () => {
    const uri = new SipUri({
      user: 'a@b c%é',
      password: ':',
      host: '2001:db8::1',
      port: 5070,
      params: Params.ofUri({ 'x;y': 'a=b', lr: true }),
      headers: [['Route', '<sip:x;lr>']],
    });

    expect(String(uri)).toBe(
      'sip:a%40b%20c%25%C3%A9:%3A@[2001:db8::1]:5070;x%3By=a%3Db;lr?Route=%3Csip:x%3Blr%3E',
    );
    expect(sip(String(uri))).toMatchObject({ user: 'a@b c%é', password: ':' });
  });

  test('cannot be made with a host that is none', () => {
    expect(() => new SipUri({ host: 'example.com>;evil' })).toThrow(/host/i);
    expect(() => new SipUri({ host: 'a\r\nVia: x' })).toThrow(/host/i);
  });

  test.each([
    ['sip:', 4],
    ['sip:@example.com', 4],
    ['sip:a b@example.com', 5],
    ['sip:a@b@c', 7],
    ['sip:a%4@example.com', 5],
    ['sip:example.com:99999', 16],
    ['sip:[2001:db8::1', 4],
    ['sip:[::1%25lo]', 4],
    ['sip:example.com;', 16],
    ['sip:example.com;a=', 18],
    ['sip:example.com;a=1;A=2', 20],
    ['sip:example.com?', 16],
    ['sip:example.com?a', 17],
    ['sip:example.com>', 15],
    ['example.com', 0],
    ['<sip:a@b>', 0],
    ['tel:', 4],
    ['tel:+', 4],
    ['urn:', 4],
  ])('%j is refused at its character %i', (text, position) => {
    expect(() => parseUri(text)).toThrow(SipSyntaxError);
    expect(() => parseUri(text)).toThrow(expect.objectContaining({ position }));
  });
});

// RFC 3261 §19.1.4 has these examples.
describe('two URIs are the same', () => {
  test.each([
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
    ['sip:carol@chicago.com;newparam=5', 'sip:carol@chicago.com;security=on'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    [
      'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
      'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
    ],
    ['sip:a@[2001:DB8::0:1]', 'sip:a@[2001:db8:0::1]'],
    ['tel:+1-201-555-0123', 'tel:+1(201)5550123'],
    ['tel:863-1234;phone-context=example.com;x=1', 'tel:8631234;X=1;phone-context=EXAMPLE.com'],
    ['urn:service:sos', 'URN:service:sos'],
  ])('%s and %s', (one, other) => {
    expect(parseUri(one).equals(parseUri(other))).toBe(true);
    expect(parseUri(other).equals(parseUri(one))).toBe(true);
  });

  test.each([
    ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip:bob@biloxi.com', 'sips:bob@biloxi.com'],
    ['sip:a%3Bb@biloxi.com', 'sip:a;b@biloxi.com'],
    ['sip:+12015550123@example.com', 'tel:+12015550123'],
    ['tel:+12015550123', 'tel:2015550123'],
    ['tel:+12015550123', 'tel:+12015550123;ext=1'],
  ])('but not %s and %s', (one, other) => {
    expect(parseUri(one).equals(parseUri(other))).toBe(false);
    expect(parseUri(other).equals(parseUri(one))).toBe(false);
  });

  test('RFC 3261 says that this is not transitive', () => {
    const [off, plain, on] = [';security=off', '', ';security=on'].map(end =>
      sip(`sip:carol@chicago.com${end}`),
    );

    expect([off?.equals(plain as SipUri), plain?.equals(on as SipUri), off?.equals(on as SipUri)]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

test('a tel URI knows its number with and without visual separators', () => {
  const uri = parseUri('tel:+49(30)901-820;ext=12') as TelUri;

  expect(uri).toMatchObject({ subscriber: '+49(30)901-820', number: '+4930901820', global: true });
  expect(uri.params.get('ext')).toBe('12');
  expect(String(uri)).toBe('tel:+49(30)901-820;ext=12');
});
