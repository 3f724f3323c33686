import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bencoded, BencodeError, decode, encode } from '../../../../edge/media/rtpengine/bencode.ts';

const value = fc.letrec<{ value: Bencoded }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme' }),
    fc.maxSafeInteger().filter(number => Math.abs(number) < 1e15),
    fc.array(tie('value')),
    fc.dictionary(
      fc.string().filter(key => key !== '__proto__'),
      tie('value'),
      { noNullPrototype: true },
    ),
  ),
})).value;

describe('bencoding', () => {
  it.each([
    [{ command: 'ping' }, 'd7:command4:pinge'],
    [{ result: 'pong' }, 'd6:result4:ponge'],
    [['trust address', 3, -4], 'l13:trust addressi3ei-4ee'],
    [{ left: undefined, sdp: 'ü' }, 'd3:sdp2:üe'],
  ] as [Bencoded, string][])('writes %j as %s', (plain, text) => {
    expect(encode(plain).toString()).toBe(text);
  });

  it('reads what it has written', () => {
    fc.assert(
      fc.property(value, plain => {
        expect(decode(encode(plain))).toEqual(plain);
      }),
    );
  });

  it.each(['', 'd', 'i5', 'ie', 'i5x', '5:abc', '-1:a', 'di1ei2ee', 'l', '4:ping4', 'l'.repeat(1_000)])(
    'refuses %s',
    text => {
      expect(() => decode(Buffer.from(text))).toThrow(BencodeError);
    },
  );

  it('is not broken by any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        try {
          decode(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(BencodeError);
        }
      }),
    );
  });
});
