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
});
