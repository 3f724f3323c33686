import { describe, expect, it } from 'vitest';
import { toldAfter } from '../../edge/origin.ts';

const sdp = (origin: string, place = '192.0.2.1') =>
  ['v=0', origin, 's=-', `c=IN IP4 ${place}`, 't=0 0', 'm=audio 4000 RTP/AVP 0', ''].join('\r\n');

const CARRIER = 'o=Sonus 27455 31215 IN IP4 192.0.2.9';
const ELSEWHERE = '198.51.100.7';

describe('What a leg is told (RFC 3264 §8)', () => {
  it('is as it comes where nothing was told before', () => {
    expect(toldAfter('', sdp(CARRIER))).toBe(sdp(CARRIER));
  });

  it('has the origin that it had before, and the next version where it says something else', () => {
    expect(toldAfter(sdp(CARRIER), sdp('o=- 1 1 IN IP4 198.51.100.7', ELSEWHERE))).toBe(
      sdp('o=Sonus 27455 31216 IN IP4 192.0.2.9', ELSEWHERE),
    );
  });

  it('is the same to the letter where it says the same, whoever says it and however often', () => {
    const before = sdp(CARRIER);
    for (const origin of ['o=Sonus 27455 31216 IN IP4 192.0.2.9', 'o=- 1 1 IN IP6 2001:db8::1'])
      expect(toldAfter(before, sdp(origin))).toBe(before);
  });

  it('says the same again as a version of its own once something else was said', () => {
    const told = [sdp('o=- 1 1 IN IP4 a.example'), sdp('o=- 9 9 IN IP4 b.example', ELSEWHERE)];
    const [first = '', other = ''] = told;
    const second = toldAfter(first, other);
    expect(toldAfter(second, first)).toBe(sdp('o=- 1 3 IN IP4 a.example'));
  });

  it.each([
    ['a version of 64 bits', 'o=- 1 18446744073709551614 IN IP4 a', 'o=- 1 18446744073709551615 IN IP4 a'],
    ['a name of several words', 'o=John Q 5 1 7 IN IP4 a', 'o=John Q 5 1 8 IN IP4 a'],
    ['spaces at its end', 'o=- 1 7 IN IP4 a  ', 'o=- 1 8 IN IP4 a'],
    ['what a replacement would take for a pattern', 'o=$& $1 7 IN IP4 a', 'o=$& $1 8 IN IP4 a'],
  ])('may have an origin with %s', (_, before, after) => {
    expect(toldAfter(sdp(before), sdp(CARRIER, ELSEWHERE))).toBe(sdp(after, ELSEWHERE));
  });

  it.each(['o=-', 'a=no origin'])('is as it comes after %s, which names no session', before => {
    expect(toldAfter(sdp(before), sdp(CARRIER))).toBe(sdp(CARRIER));
  });

  it('goes without an origin where it has none', () => {
    expect(toldAfter(sdp(CARRIER), sdp('a=none'))).toBe(sdp('a=none'));
  });
});
