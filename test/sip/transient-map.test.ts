import { expect, it } from 'vitest';
import { TransientMap } from '../../sip/transient-map.ts';

it('a map of what comes and goes has what was set last, in the order of the keys, until it is deleted', () => {
  const map = new TransientMap<string, number>();
  map.set('one', 1);
  map.set('two', 2);
  map.set('one', 11);
  expect([map.size, map.get('one'), map.get('three'), map.has('two')]).toEqual([2, 11, undefined, true]);
  expect([...map.values()]).toEqual([11, 2]);
  expect([map.delete('one'), map.delete('one')]).toEqual([true, false]);
  expect([map.size, map.get('one'), map.has('one')]).toEqual([1, undefined, false]);
  map.set('one', 111);
  expect([...map.values()]).toEqual([2, 111]);
});

it('values may go while they are gone through', () => {
  const map = new TransientMap<number, string>();
  for (let key = 0; key < 4; key++) map.set(key, `${key}`);
  const seen: string[] = [];
  for (const value of map.values()) {
    seen.push(value);
    map.delete(1);
  }
  expect(seen).toEqual(['0', '2', '3']);
});
