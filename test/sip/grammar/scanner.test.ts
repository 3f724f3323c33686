import { describe, expect, test } from 'vitest';
import { isAll, isIn, TOKEN, USER, WORD } from '../../../sip/grammar/characters.ts';
import { SipSyntaxError } from '../../../sip/grammar/errors.ts';
import { quote, quoteIfNeeded, unquote } from '../../../sip/grammar/quoting.ts';
import { Scanner } from '../../../sip/grammar/scanner.ts';

describe('character classes', () => {
  test('are those of RFC 3261 §25.1', () => {
    expect(isAll(TOKEN, "aZ09-.!%*_+`'~")).toBe(true);
    for (const outside of ['', 'a b', 'a:b', 'a@b', 'a,b', 'a"b', 'é', 'a\0'])
      expect(isAll(TOKEN, outside)).toBe(false);
    expect(isAll(WORD, '()<>:\\"/[]?{}')).toBe(true);
    expect(isAll(USER, '&=+$,;?/')).toBe(true);
    expect(isIn(TOKEN, Number.NaN)).toBe(false);
    expect(isIn(TOKEN, 0x161)).toBe(false);
  });
});

describe('a scanner', () => {
  test('passes separators with the white space and folds around them', () => {
    const scanner = new Scanner('a \t\r\n ; b');

    expect(scanner.token('a token')).toBe('a');
    expect(scanner.accept(',')).toBe(false);
    expect(scanner.position).toBe(1);
    expect(scanner.accept(';')).toBe(true);
    expect(scanner.token('a token')).toBe('b');
    expect(scanner.atEnd).toBe(true);
  });

  test.each([
    ['"a"b', '"a"', 3],
    ['"a\\"b" c', '"a\\"b"', 6],
    ['"\\\\"x', '"\\\\"', 4],
    ['""', '""', 2],
  ])('takes from %j the quoted string %j', (text, quoted, position) => {
    const scanner = new Scanner(text);

    expect([scanner.quoted('it'), scanner.position]).toEqual([quoted, position]);
  });

  test.each(['"a', '"a\\"', '"\\', 'a"', ''])('finds no quoted string in %j', text => {
    expect(() => new Scanner(text).quoted('it')).toThrow(SipSyntaxError);
  });

  test.each([
    ['(a) x', 3],
    [' (a (b) c) x', 10],
    ['(a \\) b)', 8],
    ['x', 0],
  ])('passes the comment in %j', (text, position) => {
    const scanner = new Scanner(text);

    scanner.comment();

    expect(scanner.position).toBe(position);
  });

  test('says where a number is too large', () => {
    expect(() => new Scanner(' 256', 1).integer('It', 255)).toThrow(expect.objectContaining({ position: 1 }));
    expect(new Scanner('00255').integer('It', 255)).toBe(255);
  });
});

describe('quotes', () => {
  test.each([
    ['plain', 'plain'],
    ['"a b"', 'a b'],
    ['"a \\"b\\" \\\\"', 'a "b" \\'],
    ['"a \r\n  b"', 'a b'],
  ])('%j says %j', (raw, text) => {
    expect(unquote(raw)).toBe(text);
  });

  test('stand only where they are needed', () => {
    expect([
      quoteIfNeeded('token'),
      quoteIfNeeded('[2001:db8::1]'),
      quoteIfNeeded('two words'),
      quoteIfNeeded(''),
    ]).toEqual(['token', '[2001:db8::1]', '"two words"', '""']);
    expect(unquote(quote('\\" x'))).toBe('\\" x');
  });
});
