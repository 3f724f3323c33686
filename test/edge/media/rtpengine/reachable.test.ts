import { describe, expect, it } from 'vitest';
import { createAddressGuard } from '../../../../core/network/address-guard.ts';
import { reachable } from '../../../../edge/media/rtpengine/reachable.ts';
import { SdpRefused } from '../../../../edge/sdp.ts';

const guard = createAddressGuard(['10.1.0.0/16']);

/** A description with these lines about where its media is. */
const saying = (places: readonly string[], port = '4000') =>
  [
    'v=0',
    'o=- 1 1 IN IP4 192.168.7.7',
    's=-',
    't=0 0',
    `m=audio ${port} RTP/AVP 0`,
    ...places.filter(line => !line.startsWith('a=')),
    'a=rtpmap:0 PCMU/8000',
    ...places.filter(line => line.startsWith('a=')),
    '',
  ].join('\r\n');
const heard = (...places: string[]) => reachable(saying(places), guard);

describe('what the engine hears of where the outside is', () => {
  it.each([
    'c=IN IP4 8.8.8.8',
    'c=IN IP6 2600::1',
    // Its operator has opened it.
    'c=IN IP4 10.1.2.3',
  ])('%s stays', line => {
    expect(heard(line)).toBe(saying([line]));
  });

  it.each([
    'c=IN IP4 127.0.0.1',
    'c=IN IP4 10.2.0.1',
    'c=IN IP4 169.254.169.254',
    'c=IN IP4 224.2.1.1/127',
    'c=IN IP4 ::1',
    'c=IN IP4 phone.example.com',
    'c=IN IP4 127.1',
    'c=IN IP4 8.8.8.8 127.0.0.1',
    'c=IN  IP4 127.0.0.1',
    'c=IN\tIP4\t127.0.0.1',
    'c=in ip4 127.0.0.1',
    'c=',
  ])('%s becomes an address where nobody is', line => {
    expect(heard(line)).toBe(saying(['c=IN IP4 192.0.2.1']));
  });

  it('so does one of IPv6, of its own family', () => {
    expect(heard('c=IN IP6 ::ffff:127.0.0.1')).toBe(saying(['c=IN IP6 2001:db8::1']));
  });

  it.each([
    [['c=IN IP4 0.0.0.0'], ['c=IN IP4 192.0.2.1', 'a=sendonly']],
    [['c=IN IP6 ::'], ['c=IN IP6 2001:db8::1', 'a=sendonly']],
    [
      ['c=IN IP4 0.0.0.0', 'a=recvonly'],
      ['c=IN IP4 192.0.2.1', 'a=inactive'],
    ],
  ])('hold by %j becomes %j', (said, told) => {
    expect(heard(...said)).toBe(saying(told));
  });

  it('an address of nowhere elsewhere than in the audio is no hold', () => {
    const video = 'c=IN IP4 8.8.8.8\r\nm=video 0 RTP/AVP 96\r\nc=IN IP4 0.0.0.0';
    expect(heard(video)).not.toContain('a=sendonly');
  });

  it('each one is looked at, however its line ends', () => {
    const twice = 'c=IN IP4 8.8.8.8\rc=IN IP4 127.0.0.1\nm=video 4002 RTP/AVP 96\nc=IN IP4 ::1';
    expect(
      heard(twice)
        .match(/^c=.*$/gm)
        ?.map(line => line.trim()),
    ).toEqual(['c=IN IP4 8.8.8.8', 'c=IN IP4 192.0.2.1', 'c=IN IP4 192.0.2.1']);
  });

  it.each(['a=rtcp:4001', 'a=rtcp:53 IN IP4 8.8.8.8'])('%s stays', line => {
    expect(heard(line)).toBe(saying([line]));
  });

  it.each([
    'a=rtcp:0',
    'a=rtcp:70000',
    'a=rtcp:22222 IN IP4 127.0.0.1',
    'a=rtcp:22222 IN IP4  127.0.0.1',
    'a=rtcp:4001 IN IP4 phone.example.com',
    'a=ice-ufrag:abcd',
    'a=ice-pwd:abcdefghijklmnopqrstuv',
    'a=candidate:1 1 UDP 2130706431 127.0.0.1 22222 typ host',
    'a=remote-candidates:1 127.0.0.1 22222',
    'a=end-of-candidates',
  ])('%s is not heard', line => {
    expect(heard(line)).toBe(saying([]));
  });

  it.each(['70000', '65536', '', '-1'])('a port that is none refuses it: m=audio %s', port => {
    expect(() => reachable(saying([], port), guard)).toThrow(SdpRefused);
  });
});
