import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyParts } from '../../../sip/session/multipart.ts';
import { sdpOf } from '../../../sip/session/sdp.ts';
import { OFFER } from '../support/stage.ts';
import { request } from '../support/transactions.ts';

function carrying(contentType: string, body: string) {
  const message = request('INVITE');
  message.headers.set('Content-Type', contentType);
  message.body = Buffer.from(body);
  return sdpOf(message);
}

const MIXED = [
  '--frontier',
  'Content-Type: application/isup;version=ansi',
  '',
  'binary',
  '--frontier',
  'content-type: Application/SDP',
  'Content-Disposition: session',
  '',
  OFFER,
  '--frontier--',
  'epilogue',
].join('\r\n');

describe('the session description of a message', () => {
  it.each([
    ['application/sdp', OFFER, OFFER],
    ['Application/SDP;charset=utf-8', OFFER, OFFER],
    ['multipart/mixed;boundary=frontier', MIXED, OFFER],
    ['multipart/mixed;boundary="frontier"', MIXED, OFFER],
    ['multipart/mixed;boundary=other', MIXED, undefined],
    ['multipart/mixed', MIXED, undefined],
    ['text/plain', OFFER, undefined],
    ['application/sdp', '', undefined],
  ])('in %s', (type, body, expected) => {
    expect(carrying(type, body)).toBe(expected);
  });

  it('is looked for in anything without harm', () => {
    const noise = fc.array(fc.constantFrom('--b', '--b--', '\r\n', 'Content-Type: a/b', ':', 'x', ' '), {
      maxLength: 30,
    });
    fc.assert(fc.property(noise, pieces => bodyParts(pieces.join(''), 'b').length <= pieces.length));
  });
});
