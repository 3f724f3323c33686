import { expect, test } from 'vitest';
import { SipParseError } from '../../../sip/message/errors.ts';
import { parseMessage } from '../../../sip/message/parse.ts';
import { serialise } from '../../../sip/message/serialise.ts';
import { validate } from '../../../sip/message/validate.ts';
import { parseUri } from '../../../sip/uri/uri.ts';

const LENGTH = 200_000;
const many = (piece: string): string => piece.repeat(Math.ceil(LENGTH / piece.length));
const numbered = (write: (index: number) => string): string =>
  Array.from({ length: LENGTH / 8 }, (_, index) => write(index)).join('');

const head = 'INVITE sip:b@example.com SIP/2.0\r\nFrom: <sip:a@a>;tag=1\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n';

/** Long messages, each against a place where looking for the same thing again and again would cost the square. */
const inputs: Readonly<Record<string, string>> = {
  'a fold and spaces': `${head}X: a\r\n b${many(' ')}c\r\nTo: "x\r\n y${many(' ')}z" <sip:b@b>\r\n\r\n`,
  'folds only': `${head}To:${many('\r\n ')}<sip:b@b>\r\n\r\n`,
  'spaces in a name': `${head}X${many(' ')}y: z\r\n\r\n`,
  'spaces after a name': `${head}To${many(' ')}: <sip:b@b>\r\n\r\n`,
  'spaces in a display name': `${head}To: a${many(' b')} <sip:b@b>\r\n\r\n`,
  'a long request line': `INVITE ${many('a')} b c\r\n\r\n`,
  'a request line of spaces': `INVITE${many(' ')}x\r\n\r\n`,
  'a long first word': `${many('a')}\r\n\r\n`,
  'parameters of a header': `${head}To: <sip:b@b>${numbered(index => `;p${index}=1`)}\r\n\r\n`,
  'parameters of a URI': `${head}To: <sip:b@b${numbered(index => `;p${index}=1`)}>\r\n\r\n`,
  'the same parameter': `${head}To: <sip:b@b>${many(';p=1')}\r\n\r\n`,
  'values of Via': `${head}Via: SIP/2.0/UDP a${many(', SIP/2.0/UDP a')}\r\n\r\n`,
  'fields of Via': `${head}${many('Via: SIP/2.0/UDP a\r\n')}\r\n`,
  'fields of Call-ID': `${head}${many('Call-ID: d\r\n')}\r\n`,
  commas: `${head}Supported: ${many(',')}\r\n\r\n`,
  'open quotes': `${head}Contact: ${many('"a",')}\r\n\r\n`,
  backslashes: `${head}To: "${many('\\')}\r\n\r\n`,
  'percent escapes': `${head}To: <sip:${many('%41')}@b>\r\n\r\n`,
  'line feeds': `${head}${many('\n')}\r\n\r\n`,
  'carriage returns': `${head}X: ${many('\r')}\r\n\r\n`,
  NULs: `${head}X: "${many('\\\0')}"\r\n\r\n`,
  digits: `${head}Max-Forwards: ${many('7')}\r\n\r\n`,
  'spaces in a challenge': `${head}WWW-Authenticate: Digest realm="a", qop="${many(' ')}x"\r\n\r\n`,
};

test.each(Object.entries(inputs))('%s cost no more than their length', (_what, text) => {
  const bytes = Buffer.from(text);
  const start = performance.now();
  try {
    const message = parseMessage(bytes);
    validate(message);
    for (const name of ['X', 'To', 'Via', 'Supported', 'Contact']) message.headers.all(name);
    serialise(message);
  } catch (error) {
    expect(error).toBeInstanceOf(SipParseError);
  }

  // Linear work on 200 kB takes some milliseconds; quadratic work would take minutes.
  expect(performance.now() - start).toBeLessThan(1_500);
});

test('bytes that are no UTF-8 cost no more than their length', () => {
  const bytes = Buffer.concat([
    Buffer.from(`${head}X: `),
    Buffer.alloc(LENGTH, 0xff),
    Buffer.from('\r\nContent-Length: 0\r\n\r\n'),
  ]);
  const start = performance.now();

  expect(serialise(parseMessage(bytes))).toEqual(bytes);
  expect(performance.now() - start).toBeLessThan(1_500);
});

test('a long URI is compared in a time that grows with its length', () => {
  const uri = `sip:b@b${numbered(index => `;p${index}=1`)}`;
  const start = performance.now();

  expect(() => parseUri(`${uri};`)).toThrow();
  expect(performance.now() - start).toBeLessThan(1_500);
});
