import { describe, expect, test } from 'vitest';
import { parseMessage } from '../../../sip/message/parse.ts';
import { type Capabilities, validate } from '../../../sip/message/validate.ts';
import type { Verdict } from '../../../sip/message/verdict.ts';

const server: Capabilities = {
  methods: ['INVITE', 'ACK', 'CANCEL', 'OPTIONS'],
  schemes: ['sip', 'sips'],
  extensions: ['timer'],
  contentTypes: ['application/sdp'],
  answerTypes: ['application/sdp'],
};

const needed = (method: string): string =>
  `Via: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@a>;tag=1\r\nTo: <sip:b@b>\r\nCall-ID: c\r\nCSeq: 1 ${method}\r\n`;

function judged(method: string, more = '', capabilities: Capabilities = server, body = ''): Verdict {
  return validate(
    parseMessage(Buffer.from(`${method} sip:b@b SIP/2.0\r\n${needed(method)}${more}\r\n${body}`)),
    capabilities,
  );
}

describe('a request', () => {
  test('that keeps the rules is accepted, whatever an element can do', () => {
    expect(judged('INVITE')).toEqual({ action: 'accept' });
    expect(judged('FROBNICATE', 'Require: anything\r\n', {})).toEqual({ action: 'accept' });
  });

  test.each([
    ['BYE', '', '', 405, [['Allow', 'INVITE, ACK, CANCEL, OPTIONS']]],
    ['INVITE', 'Require: timer, 100rel, x\r\n', '', 420, [['Unsupported', '100rel, x']]],
    ['INVITE', 'Content-Type: text/html\r\n', 'x', 415, [['Accept', 'application/sdp']]],
    ['INVITE', 'Accept: text/*, image/png\r\n', '', 406, []],
    ['INVITE', 'Max-Forwards: many\r\n', '', 400, []],
    ['INVITE', 'Max-Forwards: 1\r\nMax-Forwards: 1\r\n', '', 400, []],
  ])('%s with %j is refused', (method, more, body, status, headers) => {
    expect(judged(method, more, server, body)).toMatchObject({ action: 'respond', status, headers });
  });

  test.each([
    ['INVITE', 'Require: timer\r\n', ''],
    ['CANCEL', 'Require: x\r\n', ''],
    ['ACK', 'Require: x\r\n', ''],
    ['INVITE', 'Content-Type: text/html\r\n', ''],
    ['INVITE', 'Content-Type: text/html\r\nContent-Disposition: x;handling=optional\r\n', 'x'],
    ['INVITE', 'Accept: text/plain, application/*\r\n', ''],
    ['OPTIONS', 'Accept: text/plain\r\n', ''],
    ['INVITE', 'Max-Forwards: 0\r\n', ''],
  ])('%s with %j is accepted', (method, more, body) => {
    expect(judged(method, more, server, body)).toEqual({ action: 'accept' });
  });

  test('that a proxy could not pass on is refused by the proxy only', () => {
    const proxy: Capabilities = { role: 'proxy', extensions: [] };

    expect(judged('INVITE', 'Max-Forwards: 0\r\n', proxy)).toMatchObject({ status: 483 });
    expect(judged('INVITE', 'Proxy-Require: x\r\n', proxy)).toMatchObject({ status: 420 });
    expect(judged('INVITE', 'Require: x\r\nContent-Type: a/b\r\n', proxy, 'x')).toEqual({ action: 'accept' });
    expect(judged('INVITE', 'Proxy-Require: x\r\n')).toEqual({ action: 'accept' });
  });

  test('that nothing may answer is dropped', () => {
    expect(judged('ACK', 'Contact: <\r\n')).toMatchObject({ action: 'drop' });
  });
});

describe('a response', () => {
  const judgedResponse = (more = '', capabilities: Capabilities = {}): Verdict =>
    validate(parseMessage(Buffer.from(`SIP/2.0 200 OK\r\n${needed('INVITE')}${more}\r\n`)), capabilities);

  test('is accepted or dropped', () => {
    expect(judgedResponse()).toEqual({ action: 'accept' });
    expect(judgedResponse('Date: today\r\n')).toMatchObject({ action: 'drop' });
    expect(judgedResponse('Call-ID: d\r\n')).toMatchObject({ action: 'drop' });
  });

  test('with several Via is passed on by a proxy and dropped by a user agent', () => {
    expect(judgedResponse('Via: SIP/2.0/UDP b\r\n')).toMatchObject({ action: 'drop' });
    expect(judgedResponse('Via: SIP/2.0/UDP b\r\n', { role: 'proxy' })).toEqual({ action: 'accept' });
  });
});
