/** That no row of Restcomm's behaviours is forgotten: each is named by a test, or it is said why there is none. */
import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { NOT_HERE, ROWS, rowsNamedIn } from './restcomm-rows.ts';

const FILES = ['restcomm*.test.ts', 'screening.test.ts'].flatMap(name =>
  globSync(`test/{platform,edge}/**/${name}`),
);
const named = new Set(FILES.flatMap(file => rowsNamedIn(readFileSync(file, 'utf8'))));

it('each row is named by a test, or it is said why not', () => {
  expect(ROWS.filter(row => !named.has(row) && NOT_HERE[row] === undefined)).toEqual([]);
});

it('nothing is said of rows that there are not', () => {
  expect(Object.keys(NOT_HERE).filter(row => !ROWS.includes(row))).toEqual([]);
  expect(new Set(ROWS).size).toBe(ROWS.length);
});

it('a row is named by the literal that a title begins with, and by nothing else', () => {
  const source = "it('B03, B05: refused (E04)', f); it.each([['D06', 486]]); const id = 'PNB07'; // 'x' B08";
  expect(rowsNamedIn(source)).toEqual(['B03', 'B05', 'E04', 'D06']);
});
