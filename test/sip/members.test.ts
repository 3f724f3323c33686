import { expect, it } from 'vitest';
import { Members } from '../../sip/members.ts';

it('members are there in the order in which they came, until they are removed', () => {
  const members = new Members<string>();
  const [first, middle, last] = ['first', 'middle', 'last'].map(value => members.add(value));
  expect([members.size, [...members]]).toEqual([3, ['first', 'middle', 'last']]);
  for (const member of [middle, middle]) if (member) members.remove(member);
  expect([members.size, [...members]]).toEqual([2, ['first', 'last']]);
  if (last) members.remove(last);
  members.add('again');
  expect([...members]).toEqual(['first', 'again']);
  if (first) members.remove(first);
  expect([members.size, [...members]]).toEqual([1, ['again']]);
});

it('all that were there are gone through, whoever leaves or comes meanwhile', () => {
  const members = new Members<number>();
  const added = [1, 2, 3].map(value => members.add(value));
  const seen: number[] = [];
  for (const value of members) {
    seen.push(value);
    for (const member of added) members.remove(member);
    members.add(4);
  }
  expect(seen).toEqual([1, 2, 3]);
  expect(members.size).toBe(3);
});
