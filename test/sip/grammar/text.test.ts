import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeText, encodeText, percentDecode, percentEncode } from '../../../sip/grammar/text.ts';

describe('bytes and text', () => {
  test('any bytes become a text and the same bytes again', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
        expect(encodeText(decodeText(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  test('any text that is well formed becomes UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(encodeText(text)).toEqual(Buffer.from(text));
        expect(decodeText(Buffer.from(text))).toBe(text);
      }),
    );
  });

  test.each([2_730, 2_731, 8_192, 100_000])(
    'a text of %d characters, and what follows it, is whole',
    length => {
      for (const character of ['a', 'é', '€']) {
        const text = character.repeat(length);
        expect(encodeText(text, Buffer.from('body'))).toEqual(Buffer.from(`${text}body`));
      }
    },
  );

  test('no stray byte can turn into a line break', () => {
    for (let byte = 0x80; byte < 0x100; byte += 1)
      expect(decodeText(Buffer.of(byte))).not.toMatch(/[\r\n\0]/);
    // Lone surrogates that stand for no byte are replaced, as everywhere else.
    expect(encodeText('\udc0a\udc0d\ud800')).toEqual(Buffer.from('���'));
  });
});

describe('percent escapes', () => {
  test.each([
    ['plain', 'plain'],
    ['%61%6C', 'al'],
    ['%C3%A9', 'é'],
    ['a%00b', 'a\0b'],
    ['%', '%'],
    ['%zz%4', '%zz%4'],
  ])('%s says %j', (escaped, plain) => {
    expect(percentDecode(escaped)).toBe(plain);
  });

  test('any text can be escaped and read', () => {
    const keep = (code: number): boolean => code >= 0x61 && code <= 0x7a;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const escaped = percentEncode(text, keep);

        expect(escaped).toMatch(/^(?:[a-z]|%[0-9A-F]{2})*$/);
        expect(percentDecode(escaped)).toBe(text);
      }),
    );
  });
});
