import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isDialled,
  isNumberPattern,
  MAX_DIALLED_CHARACTERS,
  matchesNumber,
} from '../../core/number-pattern.ts';

describe('A number pattern', () => {
  it.each([
    ['1000123', ['1000123'], ['100012', '10001234', '+1000123']],
    ['1000XXX', ['1000000', '1000999'], ['1000', '1000*12', '100099', '10009999']],
    ['NXXXXXX', ['2000000', '9999999'], ['0000000', '1999999']],
    ['Z.', ['10', '9*'], ['1', '00', '0123']],
    ['+49.', ['+491', '+4930123456'], ['+49', '4930', '+48301']],
    ['+.', ['+12025550100'], ['12025550100', '+']],
    ['.', ['0', '1000123', '*43#'], ['+12025550100']],
    ['*43#', ['*43#'], ['*43', '143#']],
    ['*.', ['*1', '**'], ['*', '1*']],
  ])('%s matches %j and not %j', (pattern, like, unlike) => {
    expect(isNumberPattern(pattern)).toBe(true);
    expect(like.filter(number => !matchesNumber(pattern, number))).toEqual([]);
    expect(unlike.filter(number => matchesNumber(pattern, number))).toEqual([]);
  });

  it.each(['', '+', 'x', '1000xxx', '1+2', '++1', '.1', '1..', '1 2', '(1|2)', '[12]', '1\n', '٣'])(
    'is not %j',
    text => {
      expect(isNumberPattern(text)).toBe(false);
    },
  );

  it('has at most 32 characters, as a number has', () => {
    expect(isNumberPattern('X'.repeat(MAX_DIALLED_CHARACTERS))).toBe(true);
    expect(isNumberPattern('X'.repeat(MAX_DIALLED_CHARACTERS + 1))).toBe(false);
    expect(isDialled('1'.repeat(MAX_DIALLED_CHARACTERS))).toBe(true);
    expect(isDialled('1'.repeat(MAX_DIALLED_CHARACTERS + 1))).toBe(false);
  });

  it('without letters matches itself alone', () => {
    const dialled = fc.stringMatching(/^\+?[0-9*#]{1,20}$/);

    fc.assert(
      fc.property(
        dialled,
        dialled,
        (pattern, number) => matchesNumber(pattern, number) === (pattern === number),
      ),
    );
  });

  it('means what the regular expression of the same language means', () => {
    const pattern = fc.stringMatching(/^\+?[0-3XNZ*#]{0,6}\.?$/).filter(isNumberPattern);
    const number = fc.stringMatching(/^\+?[0-3*#]{1,8}$/);
    const expression = (text: string) =>
      new RegExp(
        `^${text
          .replace(/[+*]/g, '\\$&')
          .replace(/\.$/, '[0-9*#]+')
          .replaceAll('X', '[0-9]')
          .replaceAll('Z', '[1-9]')
          .replaceAll('N', '[2-9]')}$`,
      );

    fc.assert(
      fc.property(pattern, number, (p, n) => matchesNumber(p, n) === expression(p).test(n)),
      { numRuns: 2_000 },
    );
  });
});
