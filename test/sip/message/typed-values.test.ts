import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CSEQ, CSeq } from '../../../sip/header/cseq.ts';
import { CONTACT, FROM, type NameAddr, TO } from '../../../sip/header/name-addr.ts';
import type { HeaderType } from '../../../sip/header/type.ts';
import { VIA } from '../../../sip/header/via.ts';
import { Headers } from '../../../sip/message/headers.ts';
import { nameAddr, token, via } from './arbitrary.ts';

const cseq = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 31 - 1 }), token)
  .map(([number, method]) => new CSeq(number, method));

const values: readonly (readonly [type: HeaderType<unknown>, values: fc.Arbitrary<object>])[] = [
  [VIA, via],
  [FROM, nameAddr],
  [CONTACT, nameAddr],
  [CSEQ, cseq],
];

test.each(values)(
  '$0.name: a typed value stays what it was put in as, and its text reads the same',
  (type, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, value => {
        const typed = new Headers().append(type.name, value);
        const text = new Headers().append(type.name, String(value));

        expect(typed.read(type)).toBe(value);
        expect(typed.readAll(type)).toEqual([value]);
        expect(text.read(type)).not.toBe(value);
        expect([...typed]).toEqual([...text]);
        expect(String(text.read(type))).toBe(String(value));
      }),
    );
  },
);

test('a value of another class is read from its text', () => {
  const headers = new Headers().append('To', { toString: () => '<sip:b@example.com>;tag=1' });

  expect(headers.read(TO)).toMatchObject({ tag: '1' });
});

test('what was read from a field is shared by the message it is copied to', () => {
  const original = new Headers().append('To', '<sip:b@example.com>');
  const to = original.read(TO) as NameAddr;

  const copy = new Headers().copy('To', original);

  expect(copy.read(TO)).toBe(to);
  expect(copy.extend('To', ';tag=2').read(TO)).toMatchObject({ tag: '2' });
  expect(original.read(TO)).toBe(to);
});
