import { expect, test } from 'vitest';
import { Scanner } from '../../../sip/grammar/scanner.ts';
import { Words } from '../../../sip/grammar/words.ts';

const numbers = new Words<number>([
  ['one', 1],
  ['two', 2],
  ['ten', 10],
  ['Ten', -10],
  ['seven', 7],
]);

test('a word is found where it stands in a text, and only as it is spelled', () => {
  const text = 'two,one,seven,ten,Ten,tin,TWO';

  const meanings = text.split(',').map(word => {
    const start = text.indexOf(word);
    return numbers.find(text, start, start + word.length);
  });

  expect(meanings).toEqual([2, 1, 7, 10, -10, undefined, undefined]);
});

test.each(['', 'on', 'ones', 'x'.repeat(31), 'x'.repeat(32), 'x'.repeat(1_000), '\u{1f600}ne', 'ｏne'])(
  '%j is no word',
  text => {
    expect(numbers.find(text, 0, text.length)).toBeUndefined();
  },
);

test('a scanner reads nothing beyond its limit, and counts from its origin', () => {
  const scanner = new Scanner('To: <sip:b@b>;tag="a"%41\r\nX: y', 4, 13, 4);

  expect(scanner.find('>')).toBe(12);
  expect(scanner.find('=')).toBe(-1);
  scanner.position = 13;
  expect([scanner.atEnd, scanner.next, scanner.accept(';'), scanner.run(1)]).toEqual([true, -1, false, '']);
  expect(() => scanner.fail('No')).toThrow(expect.objectContaining({ position: 9 }));

  const [quoted, escaped] = [new Scanner('"a"', 0, 2), new Scanner('%41', 0, 2)];
  expect(() => quoted.quoted('it')).toThrow('not closed');
  expect(() => escaped.escapedRun(4)).toThrow('percent sign');
});
