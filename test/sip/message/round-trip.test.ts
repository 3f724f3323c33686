import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meaningOf } from '../../../bin/torture/meaning.ts';
import type { NameAddr } from '../../../sip/header/name-addr.ts';
import { FROM } from '../../../sip/header/name-addr.ts';
import { parseHeader } from '../../../sip/header/type.ts';
import { VIA } from '../../../sip/header/via.ts';
import { parseMessage } from '../../../sip/message/parse.ts';
import { serialise } from '../../../sip/message/serialise.ts';
import { parseUri } from '../../../sip/uri/uri.ts';
import { nameAddr, request, response, sipUri, via } from './arbitrary.ts';

test('any message that can be made is the same after it was written and read', () => {
  fc.assert(
    fc.property(fc.oneof(request, response), message => {
      const read = parseMessage(serialise(message));

      expect(meaningOf(read)).toBe(meaningOf(message));
      expect(serialise(read)).toEqual(serialise(message));
    }),
    { numRuns: 500 },
  );
});

test('any URI that can be made is the same after it was written and read', () => {
  fc.assert(
    fc.property(sipUri, uri => {
      const read = parseUri(uri.toString());

      expect(read.equals(uri)).toBe(true);
      expect(read).toMatchObject({ user: uri.user, host: uri.host, port: uri.port, headers: uri.headers });
      expect(String(read)).toBe(String(uri));
    }),
    { numRuns: 500 },
  );
});

test('any name, URI and parameters can be read back from a header', () => {
  fc.assert(
    fc.property(nameAddr, value => {
      const [read] = parseHeader(FROM, String(value)) as [NameAddr];

      expect(read.displayName).toBe(value.displayName);
      expect([...read.params]).toEqual([...value.params]);
      expect(read.uri.equals(value.uri)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('any Via that can be made can be read back', () => {
  fc.assert(
    fc.property(via, value => {
      expect(String(parseHeader(VIA, String(value))[0])).toBe(String(value));
    }),
    { numRuns: 300 },
  );
});

test('the bytes of unknown headers are kept, whatever they are', () => {
  const value = fc
    .uint8Array({ minLength: 1, maxLength: 30 })
    .map(bytes => bytes.map(byte => (byte < 32 ? 0x80 + byte : byte)));
  fc.assert(
    fc.property(value, bytes => {
      const sent = Buffer.concat([
        Buffer.from('OPTIONS sip:example.com SIP/2.0\r\nX-Odd :'),
        bytes,
        Buffer.from('\r\n\tfolded\r\nContent-Length: 0\r\n\r\n'),
      ]);

      expect(serialise(parseMessage(sent))).toEqual(sent);
    }),
    { numRuns: 500 },
  );
});
