import { expect, test } from 'vitest';
import { judge } from '../../../bin/torture/judge.ts';
import { sections } from '../../../bin/torture/sections.ts';
import { messages } from './messages.ts';

const parserSections = [
  ...Array.from({ length: 13 }, (_, index) => `3.1.1.${index + 1}`),
  ...Array.from({ length: 19 }, (_, index) => `3.1.2.${index + 1}`),
];

test('there is a message of our own for every section of RFC 4475', () => {
  const covered = new Set(messages.map(({ section }) => section));

  expect([...parserSections, ...Object.keys(sections)].filter(section => !covered.has(section))).toEqual([]);
  expect(covered.size).toBe(49);
});

test.each(messages)('§$section: $about', async ({ section, expected, bytes, says }) => {
  const { verdict, detail } = await judge(bytes, section, expected);

  expect({ verdict, detail }).toEqual({ verdict: expected, detail: expect.stringContaining(says ?? '') });
});
