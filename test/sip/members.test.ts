import { expect, it } from 'vitest';
import { Member, Members } from '../../sip/members.ts';

class Guest extends Member<Guest> {
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }
}

const names = (members: Members<Guest>) => [...members].map(({ name }) => name);

it('members are there in the order in which they came, until they are removed', () => {
  const members = new Members<Guest>();
  const [first, middle, last] = [new Guest('first'), new Guest('middle'), new Guest('last')];
  for (const guest of [first, middle, last]) members.add(guest);
  expect([members.size, names(members), members.first]).toEqual([3, ['first', 'middle', 'last'], first]);
  members.remove(middle);
  members.remove(middle);
  expect([members.size, names(members)]).toEqual([2, ['first', 'last']]);
  members.remove(last);
  members.add(middle);
  expect(names(members)).toEqual(['first', 'middle']);
  members.remove(first);
  expect([members.size, members.first]).toEqual([1, middle]);
  members.remove(middle);
  expect([members.size, members.first]).toEqual([0, undefined]);
});

it('whoever has left holds on to nobody', () => {
  const members = new Members<Guest>();
  const guests = ['a', 'b', 'c'].map(name => new Guest(name));
  for (const guest of guests) members.add(guest);
  for (const guest of guests) members.remove(guest);
  for (const { previous, next } of guests) expect([previous, next]).toEqual([undefined, undefined]);
});

it('one can be in one list only', () => {
  const guest = new Guest('guest');
  new Members<Guest>().add(guest);
  expect(() => new Members<Guest>().add(guest)).toThrow(RangeError);
});

it('all that were there are gone through, whoever leaves or comes meanwhile', () => {
  const members = new Members<Guest>();
  const guests = ['a', 'b', 'c'].map(name => new Guest(name));
  for (const guest of guests) members.add(guest);
  const seen: string[] = [];
  for (const { name } of members) {
    seen.push(name);
    for (const guest of guests) members.remove(guest);
    members.add(new Guest('late'));
  }
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(members.size).toBe(3);
});
