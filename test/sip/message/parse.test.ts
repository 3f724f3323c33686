import { describe, expect, test } from 'vitest';
import { createResponse } from '../../../sip/message/create.ts';
import { SipParseError } from '../../../sip/message/errors.ts';
import type { SipMessage, SipRequest } from '../../../sip/message/message.ts';
import { parseMessage } from '../../../sip/message/parse.ts';
import { serialise } from '../../../sip/message/serialise.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

function errorOf(text: string): SipParseError {
  try {
    parseMessage(bytes(text));
  } catch (error) {
    if (error instanceof SipParseError) return error;
    throw error;
  }
  throw new Error('It was parsed.');
}

const needed =
  'Via: SIP/2.0/UDP a\r\nFrom: <sip:a@a>;tag=1\r\nTo: <sip:b@b>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n';

describe('parsing', () => {
  test('gives a request or a response', () => {
    const request = parseMessage(bytes('INVITE sip:b@b sip/2.0\r\n\r\n')) as SipRequest;
    const response = parseMessage(bytes('SIP/2.0 486 Busy Here\r\n\r\n'));

    expect(request).toMatchObject({ isRequest: true, method: 'INVITE', uri: 'sip:b@b', version: 'SIP/2.0' });
    expect(response).toMatchObject({ isRequest: false, status: 486, reason: 'Busy Here' });
  });

  test('passes over empty lines before the message', () => {
    expect(parseMessage(bytes('\r\n\r\nSIP/2.0 200 OK\r\n\r\n'))).toMatchObject({ status: 200 });
  });

  test.each([
    ['Content-Length: 3', 'abc'],
    ['l:3', 'abc'],
    ['L :\r\n 3', 'abc'],
    ['X: y', 'abcdef'],
    ['Content-Length: 0', ''],
  ])('takes as body what %j says', (header, body) => {
    expect(
      Buffer.from(parseMessage(bytes(`SIP/2.0 200 OK\r\n${header}\r\n\r\nabcdef`)).body).toString(),
    ).toBe(body);
  });

  test('makes Content-Length agree with the body when it is written', () => {
    const message = parseMessage(bytes('SIP/2.0 200 OK\r\nl : 3\r\nX: y\r\n\r\nabc'));
    expect(serialise(message).toString()).toContain('\r\nl : 3\r\n');

    message.body = Buffer.from('longer');

    expect(serialise(message).toString()).toBe('SIP/2.0 200 OK\r\nContent-Length: 6\r\nX: y\r\n\r\nlonger');
  });

  test.each([
    ['', 0, 1, 1],
    ['\r\n\r\n', 4, 1, 1],
    ['hello\r\n\r\n', 0, 1, 1],
    ['INVITE  sip:b SIP/2.0\r\n\r\n', 6, 1, 7],
    ['INVITE sip:b\r\n\r\n', 7, 1, 8],
    ['SIP/2.0 20 OK\r\n\r\n', 8, 1, 9],
    ['SIP/2.0 200 O\nK\r\n\r\n', 13, 1, 14],
    ['SIP/2.0 200 OK\r\nTo: <sip:é@b>\r\nno colon\r\n\r\n', 32, 3, 1],
    ['SIP/2.0 200 OK\r\nBad name: x\r\n\r\n', 16, 2, 1],
    ['SIP/2.0 200 OK\r\n: x\r\n\r\n', 16, 2, 1],
    ['SIP/2.0 200 OK\r\n folded: x\r\n\r\n', 16, 2, 1],
    ['SIP/2.0 200 OK\r\nA: x\nB: y\r\n\r\n', 20, 2, 5],
    ['SIP/2.0 200 OK\r\nA: x\rB: y\r\n\r\n', 20, 2, 5],
    ['SIP/2.0 200 OK\r\nA: x\0\r\n\r\n', 20, 2, 5],
    ['SIP/2.0 200 OK\r\nA: "\\\\\0"\r\n\r\n', 22, 2, 7],
    ['SIP/2.0 200 OK\r\nA: x\r\n', 22, 3, 1],
    ['SIP/2.0 200 OK\r\nContent-Length: x\r\n\r\n', 31, 2, 16],
    ['SIP/2.0 200 OK\r\nContent-Length: 7\r\n\r\nbody', 31, 2, 16],
  ])('%j is refused at byte %i, line %i, column %i', (text, offset, line, column) => {
    const error = errorOf(text);

    expect(error).toMatchObject({ offset, line, column, code: 'SIP_PARSE' });
    expect(error.message).toContain(`(line ${line}, column ${column}, byte ${offset})`);
  });

  test('saves of a broken request what the response needs', () => {
    const error = errorOf(`INVITE sip:b@b SIP/2.0\r\n${needed}garbage\r\nContent-Length: 900\r\n\r\n`);

    const response = createResponse(error.salvaged as SipRequest, error.status, undefined, { toTag: 'x' });

    expect(parseMessage(serialise(response))).toMatchObject({
      status: 400,
      callId: 'c',
      cseq: { number: 1, method: 'INVITE' },
    });
    expect(response.to?.tag).toBe('x');
  });

  test('never saves a line that could pass for two', () => {
    const error = errorOf(
      `INVITE sip:b@b SIP/2.0\r\n${needed.replace('Call-ID: c', 'Call-ID: c\nEvil: 1')}\r\n`,
    );

    expect(serialise(createResponse(error.salvaged as SipRequest, 400)).toString()).not.toContain('Evil');
  });

  test.each(['\0', '\\\\\0'])('never saves a line with a NUL that is not escaped: %j', nul => {
    const error = errorOf(
      `INVITE sip:b@b SIP/2.0\r\n${needed.replace('Call-ID: c', `Call-ID: "${nul}"`)}\r\n`,
    );

    expect(serialise(createResponse(error.salvaged as SipRequest, 400)).toString()).not.toContain('\0');
  });

  test.each([
    ['INVITE sip:b@b SIP/9.9\r\n', 505],
    ['INVITE sip:b@b HTTP/1.1\r\n', 400],
    ['SIP/1.0 200 OK\r\n', 505],
  ])('%j is refused with %i', (line, status) => {
    expect(errorOf(`${line}${needed}\r\n`).status).toBe(status);
  });

  test('keeps bytes that are no UTF-8 as they came', () => {
    const odd = Buffer.concat([
      bytes('SIP/2.0 200 OK\r\nX: '),
      Buffer.of(0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80),
      bytes('é\r\nContent-Length: 0\r\n\r\n'),
    ]);

    expect(serialise(parseMessage(odd))).toEqual(odd);
  });

  test('reads in a time that grows with the length and no faster', () => {
    /** The least processor time of some tries: what else the machine does counts as little as it can. */
    const cost = (fields: number): number => {
      const long = bytes(`SIP/2.0 200 OK\r\n${'Via: SIP/2.0/UDP a;b=c\r\n'.repeat(fields)}\r\n`);
      const tries = Array.from({ length: 4 }, () => {
        const before = process.cpuUsage();
        const message: SipMessage = parseMessage(long);
        expect(message.vias).toHaveLength(fields);
        return process.cpuUsage(before).user;
      });
      return Math.min(...tries);
    };

    // Twenty times the length: a time that grows with its square would be four hundred times as long.
    expect(cost(40_000)).toBeLessThan(100 * Math.max(cost(2_000), 1_000));
  });
});
