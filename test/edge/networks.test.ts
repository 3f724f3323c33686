import { describe, expect, it } from 'vitest';
import { networks } from '../../edge/networks.ts';

describe('a test for addresses of networks', () => {
  const isInside = networks(['10.1.0.0/16', '2001:db8::/32']);

  it('knows those in any of them, asked once or again', () => {
    for (let time = 0; time < 2; time++) {
      expect(isInside('10.1.2.3')).toBe(true);
      expect(isInside('10.2.2.3')).toBe(false);
      expect(isInside('2001:db8::1')).toBe(true);
      expect(isInside('sip.example.com')).toBe(false);
    }
  });

  it('is right however many addresses it has been asked about', () => {
    for (let host = 0; host < 3_000; host++) {
      const rest = `${host >> 8}.${host & 255}`;
      expect(isInside(`10.1.${rest}`)).toBe(true);
      expect(isInside(`10.2.${rest}`)).toBe(false);
    }
    expect(isInside('10.2.0.0')).toBe(false);
    expect(isInside('10.1.0.0')).toBe(true);
  });

  it('refuses what is no network', () => {
    expect(() => networks(['10.1.0.0'])).toThrow(RangeError);
  });
});
