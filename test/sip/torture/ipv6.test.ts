import { describe, expect, test } from 'vitest';
import { createResponse } from '../../../sip/message/create.ts';
import type { SipMessage, SipRequest } from '../../../sip/message/message.ts';
import { parseMessage } from '../../../sip/message/parse.ts';
import { serialise } from '../../../sip/message/serialise.ts';
import { validate } from '../../../sip/message/validate.ts';
import type { SipUri } from '../../../sip/uri/sip-uri.ts';

// Messages of our own for the sections of RFC 5118, which tortures with IPv6 as RFC 4475 does without.
function register(uri: string, via = 'SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111'): SipRequest {
  const lines = [
    `REGISTER ${uri} SIP/2.0`,
    'To: <sip:user@example.com>',
    'From: <sip:user@example.com>;tag=81x2',
    `Via: ${via}`,
    'Call-ID: SSG9559905523997077@hlau_4100',
    'CSeq: 98176 REGISTER',
    'Contact: "Caller" <sip:caller@[2001:db8::1]>',
    'Content-Length: 0',
  ];
  return parseMessage(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)) as SipRequest;
}

const survives = (message: SipMessage): void => {
  const written = serialise(message);
  expect(serialise(parseMessage(written))).toEqual(written);
  expect(validate(message)).toEqual({ action: 'accept' });
};

describe('RFC 5118', () => {
  test('§4.1, §4.4: an address in brackets, with and without a port', () => {
    const plain = register('sip:[2001:db8::10]');
    const withPort = register('sip:[2001:db8::10]:5070');

    for (const message of [plain, withPort]) survives(message);
    expect(plain.requestUri).toMatchObject({ address: '2001:db8::10', port: undefined });
    expect(withPort.requestUri).toMatchObject({ address: '2001:db8::10', port: 5070 });
    expect(withPort.contact?.uri).toMatchObject({ address: '2001:db8::1' });
  });

  test('§4.2: an address without brackets is refused with 400', () => {
    expect(validate(register('sip:2001:db8::10'))).toMatchObject({ action: 'respond', status: 400 });
  });

  test('§4.3: a port inside the brackets is a part of the address', () => {
    const message = register('sip:[2001:db8::10:5070]');

    survives(message);
    expect(message.requestUri).toMatchObject({ address: '2001:db8::10:5070', port: undefined });
  });

  test('§4.5: received comes with brackets or without, and goes back as it came', () => {
    for (const received of ['[2001:db8::9:255]', '2001:db8::9:255']) {
      const message = register(
        'sip:[2001:db8::10]',
        `SIP/2.0/UDP [2001:db8::9:1];received=${received};branch=z9hG4bK1`,
      );

      survives(message);
      expect(message.via).toMatchObject({ address: '2001:db8::9:1', received: '2001:db8::9:255' });
      expect(createResponse(message, 200).headers.get('Via')).toContain(`received=${received};`);
    }
  });

  test('§4.7: addresses of both families may stand in one Via list', () => {
    const message = register(
      'sip:user@example.com',
      'SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bK1, SIP/2.0/TCP 192.0.2.1;received=2001:db8::9:255;branch=z9hG4bK2',
    );

    survives(message);
    expect(message.vias.map(({ address, port }) => [address, port])).toEqual([
      ['2001:db8::9:1', 6050],
      ['192.0.2.1', undefined],
    ]);
  });

  test('§4.9: an IPv4 address may be mapped into IPv6', () => {
    const message = register(
      'sip:[::ffff:192.0.2.10]',
      'SIP/2.0/UDP [::ffff:192.0.2.2]:5060;branch=z9hG4bK1',
    );

    survives(message);
    expect((message.requestUri as SipUri).equals(register('sip:[::FFFF:c000:020a]').requestUri)).toBe(true);
  });

  // The grammar of RFC 3261 allowed three colons by mistake; RFC 5954 §3.1 takes them away.
  test('§4.10: three colons are no address', () => {
    expect(validate(register('sip:user@[2001:db8:::192.0.2.1]'))).toMatchObject({ status: 400 });
  });
});
