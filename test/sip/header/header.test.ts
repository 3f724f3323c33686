import { describe, expect, test } from 'vitest';
import { SipSyntaxError } from '../../../sip/grammar/errors.ts';
import { Params } from '../../../sip/grammar/params.ts';
import { AUTHENTICATION_INFO, AUTHORIZATION, WWW_AUTHENTICATE } from '../../../sip/header/auth.ts';
import { CALL_ID } from '../../../sip/header/call-id.ts';
import { ACCEPT, CONTENT_TYPE } from '../../../sip/header/content-type.ts';
import { CSEQ } from '../../../sip/header/cseq.ts';
import { DATE } from '../../../sip/header/date.ts';
import {
  CONTACT,
  DIVERSION,
  FROM,
  HISTORY_INFO,
  NameAddr,
  P_ASSERTED_IDENTITY,
  PATH,
  REFER_TO,
} from '../../../sip/header/name-addr.ts';
import { EXPIRES, MAX_FORWARDS, RSEQ } from '../../../sip/header/number.ts';
import { EVENT, SUBSCRIPTION_STATE } from '../../../sip/header/parameterised.ts';
import { PRIVACY } from '../../../sip/header/privacy.ts';
import { RACK } from '../../../sip/header/rack.ts';
import { REASON, Reason } from '../../../sip/header/reason.ts';
import { REPLACES, Replaces } from '../../../sip/header/replaces.ts';
import { RETRY_AFTER } from '../../../sip/header/retry-after.ts';
import { ALLOW } from '../../../sip/header/token-list.ts';
import { type HeaderType, parseHeader } from '../../../sip/header/type.ts';
import { USER_TO_USER } from '../../../sip/header/user-to-user.ts';
import { VIA } from '../../../sip/header/via.ts';
import { WARNING, Warning } from '../../../sip/header/warning.ts';
import { SipUri } from '../../../sip/uri/sip-uri.ts';
import { parseUri } from '../../../sip/uri/uri.ts';

const one = <T>(type: HeaderType<T>, text: string): T => {
  const [value] = parseHeader(type, text);
  if (value === undefined) throw new Error('There is no value.');
  return value;
};

describe('From, To, Contact and their like', () => {
  test.each([
    ['sip:a@example.com;tag=1', undefined, 'sip:a@example.com', '1'],
    ['<sip:a@example.com;x=1>;tag=1', undefined, 'sip:a@example.com;x=1', '1'],
    ['Ada Lovelace <sip:a@example.com>', 'Ada Lovelace', 'sip:a@example.com', undefined],
    ['Ada<sip:a@example.com>', 'Ada', 'sip:a@example.com', undefined],
    ['"A \\"q\\" \\\\ <;,>" <sip:a@example.com>', 'A "q" \\ <;,>', 'sip:a@example.com', undefined],
    ['"" <tel:+1234>', '', 'tel:+1234', undefined],
    ['<https://example.com/a?b>', undefined, 'https://example.com/a?b', undefined],
  ])('%s', (text, displayName, uri, tag) => {
    const read = one(FROM, text);

    expect([read.displayName, String(read.uri), read.tag]).toEqual([displayName, uri, tag]);
  });

  test('come in lists where they may', () => {
    const contacts = parseHeader(CONTACT, '"a, b" <sip:a@x?q=1>;q=0.5 , sip:c@d, <sip:e,f@g>');

    expect(contacts.map(String)).toEqual(['"a, b" <sip:a@x?q=1>;q=0.5', '<sip:c@d>', '<sip:e,f@g>']);
    expect(() => parseHeader(FROM, '<sip:a@x>, <sip:b@x>')).toThrow(SipSyntaxError);
  });

  test('are written so that no parameter changes sides', () => {
    const value = new NameAddr({ displayName: 'O"Brien', uri: parseUri('sip:o@b;user=phone') }).withParam(
      'tag',
      'x',
    );

    expect(String(value)).toBe('"O\\"Brien" <sip:o@b;user=phone>;tag=x');
    expect(String(value.withParam('tag', 'y').with({ displayName: undefined }))).toBe(
      '<sip:o@b;user=phone>;tag=y',
    );
  });

  test('tell who called, who diverted and where a call has been', () => {
    expect(
      parseHeader(P_ASSERTED_IDENTITY, '"Cullen" <sip:f@v.com>, tel:+14085264000').map(({ uri }) => uri.kind),
    ).toEqual(['sip', 'tel']);
    expect(one(DIVERSION, '<sip:b@x>;reason=user-busy;counter=2;privacy="full"').params.get('privacy')).toBe(
      'full',
    );
    expect(one(HISTORY_INFO, '<sip:u@x?Reason=SIP%3Bcause%3D302>;index=1.1;rc=1').uri).toMatchObject({
      headers: [['Reason', 'SIP;cause=302']],
    });
    expect(one(REFER_TO, '<sip:d@x?Replaces=1%40x%3Bto-tag%3D5>').uri).toMatchObject({
      headers: [['Replaces', '1@x;to-tag=5']],
    });
    expect(one(PATH, '<sip:p;lr>,<sip:q;lr>').uri).toMatchObject({ looseRouting: true });
  });

  test.each([
    '',
    'Ada',
    'Ada sip:a@b',
    '<sip:a@b',
    'sip:a@b?c=d',
    '"Ada <sip:a@b>',
    '< sip:a@b>',
    '<sip:a@b>;',
    '<sip:a@b>;tag=',
    '<sip:a@b>;tag=1;TAG=2',
    '<sip:a@b> x',
    'a,b <sip:a@b>',
    'é <sip:a@b>',
  ])('%j is refused', text => {
    expect(() => parseHeader(FROM, text)).toThrow(SipSyntaxError);
  });
});

describe('Via', () => {
  test('is read with white space anywhere between its parts', () => {
    const [first, second] = parseHeader(
      VIA,
      ' SIP / 2.0 / UDP  first.example.com : 4000 ;ttl=16 ; branch = z9hG4bKa7 , SIP/2.0/TLS [2001:db8::9]',
    );

    expect(first).toMatchObject({
      transport: 'UDP',
      host: 'first.example.com',
      port: 4000,
      branch: 'z9hG4bKa7',
    });
    expect(second).toMatchObject({ host: '[2001:db8::9]', address: '2001:db8::9', port: undefined });
    expect(String(first)).toBe('SIP/2.0/UDP first.example.com:4000;ttl=16;branch=z9hG4bKa7');
  });

  // RFC 5118 §4.5: a receiver takes both spellings.
  test.each(['2001:db8::9:255', '[2001:db8::9:255]'])('takes received=%s', received => {
    expect(one(VIA, `SIP/2.0/UDP [2001:db8::9:1];received=${received};branch=z9hG4bKas3-111`).received).toBe(
      '2001:db8::9:255',
    );
  });

  test.each([
    ['rport', undefined, true],
    ['rport=5062', 5062, true],
    ['x', undefined, false],
  ])('with %s has the source port %s', (param, rport, asked) => {
    const via = one(VIA, `SIP/2.0/UDP a;${param}`);

    expect([via.rport, via.params.has('rport')]).toEqual([rport, asked]);
  });

  test.each([
    ['z9hG4bKabc', true],
    ['Z9HG4BKabc', true],
    ['z9hG4bK', false],
    ['390skdjuw', false],
  ])('with the branch %s may be matched by it: %s', (branch, trusted) => {
    expect(one(VIA, `SIP/2.0/UDP a;branch=${branch}`).hasRfc3261Branch).toBe(trusted);
  });

  test('is changed by making another', () => {
    const via = one(VIA, 'SIP/2.0/UDP a:5062;branch=z9hG4bK1;rport');

    expect(String(via.with({ params: via.params.with('received', '2001:db8::1').with('rport', 9) }))).toBe(
      'SIP/2.0/UDP a:5062;branch=z9hG4bK1;rport=9;received=2001:db8::1',
    );
  });

  test.each([
    '',
    'SIP/2.0 a',
    'SIP/2.0/UDPa',
    'SIP/2.0/UDP',
    'SIP/2.0/UDP a:',
    'SIP/2.0/UDP a;;b',
    'SIP/2.0/UDP a, ',
    'SIP/2.0/UDP a b',
  ])('%j is refused', text => {
    expect(() => parseHeader(VIA, text)).toThrow(SipSyntaxError);
    expect(() => parseHeader(VIA, `SIP/2.0/UDP x,${text}`)).toThrow(SipSyntaxError);
  });
});

describe('numbers', () => {
  test.each([
    [CSEQ, '0009 \t INVITE', '9 INVITE'],
    [CSEQ, '2147483647 m', '2147483647 m'],
    [RACK, '776656 1 INVITE', '776656 1 INVITE'],
    [MAX_FORWARDS, '0068', '68'],
    [RSEQ, '4294967295', '4294967295'],
    // RFC 4475 §3.1.2.4: too long a time is the longest there is.
    [EXPIRES, '99999999999999999999', '4294967295'],
    [RETRY_AFTER, '120 (I am (really) busy);duration=3600', '120;duration=3600'],
  ] as const)('%o reads %s', (type, text, written) => {
    expect(String(one(type as HeaderType<unknown>, text))).toBe(written);
  });

  test.each([
    [CSEQ, '2147483648 INVITE'],
    [CSEQ, '1INVITE'],
    [CSEQ, '1'],
    [CSEQ, '-1 INVITE'],
    [RACK, '1 2'],
    [MAX_FORWARDS, '256'],
    [MAX_FORWARDS, '7x'],
    [EXPIRES, ''],
    [RETRY_AFTER, '120 (open'],
  ] as const)('%o refuses %j', (type, text) => {
    expect(() => parseHeader(type as HeaderType<unknown>, text)).toThrow(SipSyntaxError);
  });
});

describe('reasons and identities', () => {
  test('Reason tells why in several protocols', () => {
    const reasons = parseHeader(REASON, 'Q.850 ;cause=16;text="Terminated", SIP;cause=600');

    expect(reasons.map(({ protocol, cause, text }) => [protocol, cause, text])).toEqual([
      ['Q.850', 16, 'Terminated'],
      ['SIP', 600, undefined],
    ]);
    expect(String(Reason.of('SIP', 200, 'Call completed elsewhere'))).toBe(
      'SIP;cause=200;text="Call completed elsewhere"',
    );
    expect(String(Reason.of('Q.850', 16, 'x'))).toBe('Q.850;cause=16;text="x"');
  });

  test('Privacy lists what is to be hidden', () => {
    expect(one(PRIVACY, 'header; Session ;CRITICAL').values).toEqual(['header', 'session', 'critical']);
    expect(one(PRIVACY, 'id').has('ID')).toBe(true);
  });

  test('User-to-User carries data', () => {
    expect(one(USER_TO_USER, '56a3e3;encoding=hex;purpose=isdn-uui')).toMatchObject({
      data: '56a3e3',
      encoding: 'hex',
      purpose: 'isdn-uui',
    });
    expect(String(one(USER_TO_USER, '"a b";content=x'))).toBe('"a b";content=x');
  });

  test('Replaces names a dialog by both its tags', () => {
    const text = '425928@bobster.example.org;to-tag=7743;from-tag=6472;early-only';

    expect(one(REPLACES, text)).toMatchObject({ toTag: '7743', fromTag: '6472', earlyOnly: true });
    expect(String(Replaces.of({ callId: 'c@d', toTag: 'a', fromTag: 'b' }))).toBe('c@d;to-tag=a;from-tag=b');
    expect(() => parseHeader(REPLACES, 'c@d;to-tag=a')).toThrow(/from-tag/);
  });

  test('Warning says what is wrong', () => {
    const [warning] = parseHeader(WARNING, '370 devnull "Choose a bigger \\"pipe\\"", 301 isi.edu:5060 "x"');

    expect(warning).toMatchObject({ code: 370, agent: 'devnull', text: 'Choose a bigger "pipe"' });
    expect(String(new Warning(399, '[2001:db8::1]:5060', 'a"b'))).toBe('399 [2001:db8::1]:5060 "a\\"b"');
    expect(() => parseHeader(WARNING, '1812 overture "In Progress"')).toThrow(SipSyntaxError);
  });

  test('Event and Subscription-State are tokens with parameters', () => {
    expect(one(EVENT, 'refer;id=93809824')).toMatchObject({ value: 'refer' });
    expect(one(SUBSCRIPTION_STATE, 'terminated;reason=noresource').params.get('reason')).toBe('noresource');
  });

  test('Call-ID is any word, with or without a host', () => {
    expect(one(CALL_ID, 'a84b4c76e66710@pc33.atlanta.com')).toBe('a84b4c76e66710@pc33.atlanta.com');
    expect(() => parseHeader(CALL_ID, 'a@b@c')).toThrow(SipSyntaxError);
    expect(() => parseHeader(CALL_ID, 'a b')).toThrow(SipSyntaxError);
  });

  test('Allow may be empty', () => {
    expect(parseHeader(ALLOW, ' ')).toEqual([]);
    expect(parseHeader(ALLOW, 'INVITE,ACK , BYE')).toEqual(['INVITE', 'ACK', 'BYE']);
  });
});

test('media types are compared without case and parameters', () => {
  expect(one(CONTENT_TYPE, 'Application/SDP ; charset="utf-8"')).toMatchObject({
    essence: 'application/sdp',
  });
  expect(parseHeader(ACCEPT, 'application/sdp;level=1, */*').map(({ essence }) => essence)).toEqual([
    'application/sdp',
    '*/*',
  ]);
});

test('Date is GMT and exists', () => {
  expect(one(DATE, 'Sat, 13 Nov 2010 23:29:00 GMT').getTime()).toBe(Date.UTC(2010, 10, 13, 23, 29));
  expect(() => parseHeader(DATE, 'Sat, 13 Nov 2010 23:29:00 EST')).toThrow(SipSyntaxError);
  expect(() => parseHeader(DATE, 'Wed, 30 Feb 2011 23:29:00 GMT')).toThrow(/no such date/);
});

describe('authentication', () => {
  test('a challenge is read and written as it stood', () => {
    const text =
      'Digest realm="a \\"b\\"",domain="sip:x", nonce="n,=", QOP="auth,auth-int", stale=FALSE, algorithm=MD5';
    const challenge = one(WWW_AUTHENTICATE, text);

    expect([challenge.get('realm'), challenge.get('nonce'), challenge.get('qop')]).toEqual([
      'a "b"',
      'n,=',
      'auth,auth-int',
    ]);
    expect(String(challenge)).toBe(text);
  });

  test('a scheme that we do not know is left alone', () => {
    expect(one(AUTHORIZATION, 'NoOneKnowsThisScheme opaque-data=here=,')).toMatchObject({ isDigest: false });
    expect(one(AUTHORIZATION, 'Negotiate')).toMatchObject({ scheme: 'Negotiate' });
  });

  test.each(['Digest', 'Digest realm', 'Digest realm="a", realm="b"', 'Digest realm="a",', ''])(
    '%j is refused',
    text => {
      expect(() => parseHeader(WWW_AUTHENTICATE, text)).toThrow(SipSyntaxError);
    },
  );

  test('Authentication-Info has parameters only', () => {
    expect([...one(AUTHENTICATION_INFO, 'nextnonce="47364c23", qop=auth')]).toEqual([
      ['nextnonce', '47364c23'],
      ['qop', 'auth'],
    ]);
  });
});

describe('parameters', () => {
  test('keep their order, have no case, and are quoted where they must be', () => {
    const params = Params.of({ a: 'token', B: 'two words', c: true, d: 7, e: '' });

    expect(String(params)).toBe(';a=token;B="two words";c;d=7;e=""');
    expect(String(params.with('b', 'x').without('C'))).toBe(';a=token;B=x;d=7;e=""'.replace('B', 'b'));
    expect([...params].map(([name]) => name)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('are written as their place wants them, whatever they were made for', () => {
    const uri = new SipUri({ host: 'b', params: Params.of({ x: 'a b', lr: true }) });
    const value = new NameAddr({ uri, params: Params.ofUri({ y: 'a/b' }) });

    expect(String(value)).toBe('<sip:b;x=a%20b;lr>;y="a/b"');
  });

  test.each(['a b', 'a;b', '', 'a=b', 'a\r\nb'])('cannot have the name %j', name => {
    expect(() => Params.of({ [name]: 'x' })).toThrow(/token/);
  });
});
