import { describe, expect, test } from 'vitest';
import { SUPPORTED } from '../../../sip/header/token-list.ts';
import { VIA } from '../../../sip/header/via.ts';
import { createRequest, createResponse } from '../../../sip/message/create.ts';
import { SipInjectionError, SipParseError } from '../../../sip/message/errors.ts';
import { Headers } from '../../../sip/message/headers.ts';
import { type SipRequest, SipResponse } from '../../../sip/message/message.ts';
import { parseMessage } from '../../../sip/message/parse.ts';
import { serialise } from '../../../sip/message/serialise.ts';

const parse = (...lines: string[]): SipRequest =>
  parseMessage(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)) as SipRequest;

const message = () =>
  parse(
    'OPTIONS sip:b@example.com SIP/2.0',
    'v: SIP/2.0/UDP a.example.com;branch=z9hG4bK1;x="a,b", SIP/2.0/TCP b.example.com',
    'VIA : SIP/2.0/TLS c.example.com',
    'x-private:   keep   MY  spaces ',
    'Subject: one, two',
    'k:',
    'Supported: timer,',
    ' 100rel',
  );

describe('headers', () => {
  test('are found by any spelling of their name, full or compact', () => {
    const { headers } = message();

    for (const name of ['Via', 'via', 'VIA', 'v', 'V']) {
      expect(headers.all(name)).toEqual([
        'SIP/2.0/UDP a.example.com;branch=z9hG4bK1;x="a,b"',
        'SIP/2.0/TCP b.example.com',
        'SIP/2.0/TLS c.example.com',
      ]);
    }
    expect(headers.get('X-Private')).toBe('keep   MY  spaces');
    expect(headers.has('To')).toBe(false);
    expect(headers.get('To')).toBeUndefined();
  });

  test('are split at commas only where their grammar has lists', () => {
    const { headers } = message();

    expect(headers.get('s')).toBe('one, two');
    expect(headers.all('supported')).toEqual(['timer', '100rel']);
    expect(headers.readAll(SUPPORTED)).toEqual(['timer', '100rel']);
  });

  test('that are taken away one by one leave the rest of their line', () => {
    const { headers } = message();

    const removed = [
      headers.removeFirst('Via'),
      headers.removeFirst('v'),
      headers.removeFirst('Via'),
      headers.removeFirst('Via'),
    ];

    expect(removed.map(value => value?.slice(8, 11))).toEqual(['UDP', 'TCP', 'TLS', undefined]);
    expect(headers.readAll(VIA)).toEqual([]);
  });

  test('that are set stand where the first of them stood', () => {
    const { headers } = message();

    headers
      .set('Via', ['SIP/2.0/UDP x', 'SIP/2.0/UDP y'])
      .prepend('Record-Route', '<sip:p;lr>')
      .append('To', '<sip:b@b>');
    headers.set('Supported', []);

    expect([...headers].map(([name]) => name)).toEqual([
      'Record-Route',
      'Via',
      'Via',
      'x-private',
      'Subject',
      'To',
    ]);
    expect(headers.remove('Subject')).toBe(true);
    expect(headers.remove('Subject')).toBe(false);
  });

  test('that are not touched are written byte for byte', () => {
    const read = message();

    read.headers.prepend('Via', 'SIP/2.0/UDP new.example.com');

    expect(serialise(read).toString()).toBe(
      [
        'OPTIONS sip:b@example.com SIP/2.0',
        'Via: SIP/2.0/UDP new.example.com',
        'v: SIP/2.0/UDP a.example.com;branch=z9hG4bK1;x="a,b", SIP/2.0/TCP b.example.com',
        'VIA : SIP/2.0/TLS c.example.com',
        'x-private:   keep   MY  spaces ',
        'Subject: one, two',
        'k:',
        'Supported: timer,',
        ' 100rel',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
  });

  test('of a copy change without those of the original', () => {
    const original = message();

    original.clone().headers.remove('Via');

    expect(original.headers.all('Via')).toHaveLength(3);
  });
});

describe('a header that cannot be read', () => {
  test('says where it stands, folds and all', () => {
    const read = parse(
      'OPTIONS sip:b@example.com SIP/2.0',
      'Subject: é',
      'To: "Bob"',
      '   <sip:bo b@example.com>',
    );

    expect(() => read.to).toThrow(SipParseError);
    expect(() => read.to).toThrow(
      expect.objectContaining({
        line: 4,
        column: 11,
        offset: 69,
        reason: 'To: This character must be escaped in the user part of a SIP URI',
      }),
    );
  });

  test('does no harm while nobody reads it', () => {
    const read = parse('OPTIONS sip:b@example.com SIP/2.0', 'To: "Bob', 'CSeq: 4 OPTIONS');

    expect(read.cseq).toEqual({ number: 4, method: 'OPTIONS' });
    expect(read.headers.get('To')).toBe('"Bob');
  });
});

describe('nothing can end a line from inside a value', () => {
  const forbidden = ['a\r\nEvil: 1', 'a\rb', 'a\nb', 'a\0b'];

  test.each(forbidden)('%j is refused wherever a value enters', value => {
    const headers = new Headers().append('To', '<sip:b@example.com>');
    const plain = {
      method: 'OPTIONS',
      uri: 'sip:b@b',
      from: '<sip:a@a>;tag=1',
      to: '<sip:b@b>',
      callId: 'c',
      cseq: 1,
    };
    const request = createRequest(plain);

    for (const enter of [
      () => headers.set('Subject', value),
      () => headers.append('Subject', value),
      () => headers.prepend('Subject', [value]),
      () => headers.set('Subject', { toString: () => value }),
      () => headers.extend('To', value),
      () => headers.set(value, 'x'),
      () => createRequest({ ...plain, method: value }),
      () => createRequest({ ...plain, uri: value }),
      () => createRequest({ ...plain, callId: value }),
      () => createRequest({ ...plain, headers: { 'X-A': value } }),
      () => createResponse(request, 400, value),
      () => createResponse(request, 200, 'OK', { toTag: value }),
      () => new SipResponse(200, value),
      () => {
        request.uri = value;
      },
    ]) {
      expect(enter).toThrow(SipInjectionError);
    }
    expect(serialise(request).toString()).not.toContain('Evil');
  });

  test.each(['"\\\\\0"', '"\\\0\0"', '"\0'])('%j has a NUL that is not escaped', value => {
    expect(() => new Headers().set('Subject', value)).toThrow(SipInjectionError);
  });

  test('what was read with an escaped NUL (RFC 4475 §3.1.1.2) can be written again, as it stood', () => {
    const via = 'SIP/2.0/UDP h;branch=z9hG4bK1;x="\\\0"';
    const read = parseMessage(
      Buffer.from(`SIP/2.0 200 OK\r\nVia: ${via}\r\nFrom: "\\\0" <sip:a@a>;tag="\\\0"\r\n\r\n`),
    );
    const made = new Headers().append('Via', read.headers.get('Via') ?? '');
    const [top] = read.vias;
    made.append('Via', [top?.with({ params: top.params.with('received', '10.0.0.1') }) ?? '']);
    made.append('From', [read.from ?? '']);

    expect(made.all('Via')).toEqual([via, `${via};received=10.0.0.1`]);
    expect(made.get('From')).toBe('"\\\0" <sip:a@a>;tag="\\\0"');
  });

  test.each(['', 'a b', 'a:b', 'é'])('%j is no header name', name => {
    expect(() => new Headers().append(name, 'x')).toThrow(SipInjectionError);
  });

  test.each(['', 'sip:a b@c', 'sip:a\tb'])('%j is no Request-URI', uri => {
    expect(() =>
      createRequest({ method: 'BYE', uri, from: 'sip:a@a', to: 'sip:b@b', callId: 'c', cseq: 1 }),
    ).toThrow(SipInjectionError);
  });
});

describe('a message that is made', () => {
  const invite = createRequest({
    method: 'INVITE',
    uri: 'sip:b@example.com',
    via: 'SIP/2.0/UDP a.example.com;branch=z9hG4bK1',
    from: '<sip:a@example.com>;tag=1',
    to: '<sip:b@example.com>',
    callId: 'call@a',
    cseq: 7,
    routes: ['<sip:p1;lr>', '<sip:p2;lr>'],
    contact: '<sip:a@192.0.2.1>',
    headers: [['X-Trace', 5]],
    contentType: 'application/sdp',
    body: 'v=0\r\n',
  });

  test('has what every request has', () => {
    expect(serialise(invite).toString().split('\r\n')).toEqual([
      'INVITE sip:b@example.com SIP/2.0',
      'Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK1',
      'Max-Forwards: 70',
      'Route: <sip:p1;lr>',
      'Route: <sip:p2;lr>',
      'From: <sip:a@example.com>;tag=1',
      'To: <sip:b@example.com>',
      'Call-ID: call@a',
      'CSeq: 7 INVITE',
      'Contact: <sip:a@192.0.2.1>',
      'X-Trace: 5',
      'Content-Type: application/sdp',
      'Content-Length: 5',
      '',
      'v=0',
      '',
    ]);
  });

  test('answers a request with its Via, From, To, Call-ID and CSeq, and a To tag of its own', () => {
    const ringing = createResponse(invite, 180, undefined, { toTag: 'bob' });

    expect(ringing).toMatchObject({ status: 180, reason: 'Ringing' });
    expect(ringing.to?.tag).toBe('bob');
    expect([...ringing.headers].map(([name]) => name)).toEqual(['Via', 'From', 'To', 'Call-ID', 'CSeq']);
    expect(
      createResponse(parseMessage(serialise(ringing)) as never, 200, 'OK', { toTag: 'other' }).to?.tag,
    ).toBe('bob');
  });

  test('puts no tag into a 100, but the time of the request', () => {
    const stamped = parse('OPTIONS sip:b SIP/2.0', 'To: sip:b@b', 'Timestamp: 54.2');

    const trying = createResponse(stamped, 100, undefined, { toTag: 'x' });

    expect(trying.to?.tag).toBeUndefined();
    expect(trying.headers.get('Timestamp')).toBe('54.2');
  });
});
