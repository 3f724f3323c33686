import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  callSidOfTransaction,
  childSid,
  MAX_CHILD_CALLS,
  newCallSid,
  newSid,
  parseSid,
  rootSid,
  siblingSid,
  toAuthId,
  toUuid,
} from '../../core/sid.ts';

const random = { bytes: (count: number) => Uint8Array.from({ length: count }, (_, index) => index * 17) };

describe('a SID', () => {
  it('has a prefix and 32 hex digits', () => {
    expect(newSid('AC', random)).toBe('AC00112233445566778899aabbccddeeff');
  });

  it('is the same 128 bits as its UUID', () => {
    expect(toUuid('AC00112233445566778899aabbccddeeff')).toBe('00112233-4455-6677-8899-aabbccddeeff');
    expect(parseSid('AC', '00112233-4455-6677-8899-AABBCCDDEEFF')).toBe('AC00112233445566778899aabbccddeeff');
  });

  it.each([
    '',
    'CA',
    'AC00112233445566778899aabbccddeeff',
    'CA00112233445566778899AABBCCDDEEFF',
    'CA00112233445566778899aabbccddeef',
    '00112233445566778899aabbccddeeff',
    '00112233-4455-6677-8899-aabbccddeeff\n',
  ])('is not %j, for a call', text => {
    expect(parseSid('CA', text)).toBeUndefined();
  });
});

describe("an account's auth id", () => {
  it.each([
    ['AC00000000000000000000000000000000', 'MA0000000000000000000000000'],
    ['ACffffffffffffffffffffffffffffffff', 'MAF5LXX1ZZ5PNORYNQGLHZMSP33'],
    ['AC00112233445566778899aabbccddeeff', 'MA0054V5H7PHL5WC4E458L6CKXR'],
  ])('of %s is %s', (sid, authId) => {
    expect(toAuthId(sid)).toBe(authId);
    expect(parseSid('AC', authId)).toBe(sid);
  });

  it('is the same 128 bits, whatever they are', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{32}$/), digits => {
        expect(toAuthId(`AC${digits}`)).toMatch(/^MA[0-9A-Z]{25}$/);
        expect(parseSid('AC', toAuthId(`AC${digits}`))).toBe(`AC${digits}`);
      }),
    );
  });

  it.each(['MA', 'MAF5LXX1ZZ5PNORYNQGLHZMSP34', 'MAf5lxx1zz5pnorynqglhzmsp33', 'MA000000000000000000000000'])(
    'is not %s',
    text => {
      expect(parseSid('AC', text)).toBeUndefined();
    },
  );

  it('names no call', () => {
    expect(parseSid('CA', 'MA0000000000000000000000000')).toBeUndefined();
  });
});

describe("a call's SID", () => {
  it('ends in zeros for a root call', () => {
    expect(newCallSid(random)).toBe('CA00112233445566778899aabbccdd0000');
  });

  it('is that of its transaction for a call that came in', () => {
    expect(callSidOfTransaction('00112233-4455-6677-8899-AABBCCDDEEFF')).toBe(
      'CA00112233445566778899aabbccdd0000',
    );
  });

  it('leads back to the root call from every call that it dials', () => {
    const root = newCallSid(random);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_CHILD_CALLS }), n => {
        const child = childSid(root, n);

        expect(rootSid(child)).toBe(root);
        expect(Number.parseInt(child.slice(-4), 16)).toBe(n);
        expect(parseSid('CA', toUuid(child))).toBe(child);
      }),
    );
  });

  it.each([0, MAX_CHILD_CALLS + 1])('has no %i-th child', n => {
    expect(() => childSid(newCallSid(random), n)).toThrow(RangeError);
  });

  it('counts up through the calls of one request, past its end to its beginning', () => {
    expect(siblingSid('CA00112233445566778899aabbccdd0000', 1)).toBe('CA00112233445566778899aabbccde0000');
    expect(siblingSid('CA00112233445566778899aabbccdd0000', 0x123)).toBe(
      'CA00112233445566778899aabbce000000',
    );
    expect(siblingSid(`CA${'f'.repeat(28)}0000`, 2)).toBe(`CA${'0'.repeat(27)}10000`);
  });
});
