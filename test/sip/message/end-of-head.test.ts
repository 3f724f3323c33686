import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endOfHead } from '../../../sip/message/end-of-head.ts';

test('the end of the header fields is the first empty line from there on', () => {
  const byte = fc.constantFrom(...Buffer.from('\r\r\r\n\n\na'));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 40 }), fc.nat(5), (bytes, start) => {
      const buffer = Buffer.from(bytes);
      expect(endOfHead(buffer, start)).toBe(
        start > buffer.length ? -1 : buffer.indexOf('\r\n\r\n', start, 'latin1'),
      );
    }),
    { numRuns: 5_000 },
  );
});
