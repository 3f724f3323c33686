/** What is read of a peer's description, and what is said back (RFC 3264, RFC 8866). */
import { describe, expect, test } from 'vitest';
import { answerAudio, readAudio } from '../../../sma/rtp/session-description.ts';

const LOCAL = { address: '192.0.2.1', port: 5_004, sessionId: 7, version: 2 };
const offer = (lines: string, session = '') =>
  `v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\n${session}t=0 0\r\n${lines}`;
const PLAIN = 'm=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n';

describe('a peer’s audio', () => {
  test('is where it says, and takes telephone events under its own number', () => {
    expect(readAudio(offer(PLAIN))).toEqual({
      address: '192.0.2.9',
      port: 4_000,
      rtcp: { address: '192.0.2.9', port: 4_001 },
      eventPayloadType: 101,
      sends: true,
      receives: true,
    });
  });

  test.each([
    ['its own connection line', offer(`${PLAIN}c=IN IP4 192.0.2.77\r\n`), { address: '192.0.2.77' }],
    ['IPv6', offer(`${PLAIN}c=IN IP6 2001:db8::1\r\n`), { address: '2001:db8::1' }],
    ['RTCP elsewhere', offer(`${PLAIN}a=rtcp:4444\r\n`), { rtcp: { address: '192.0.2.9', port: 4_444 } }],
    ['RTCP nowhere', offer(`${PLAIN}a=rtcp:x\r\n`), { rtcp: { address: '192.0.2.9', port: 4_001 } }],
    ['bare line feeds', offer(PLAIN).replaceAll('\r\n', '\n'), { port: 4_000 }],
    ['no telephone events', offer('m=audio 4000 RTP/AVP 0\r\n'), { eventPayloadType: undefined }],
    [
      'a number for events that it does not offer',
      offer('m=audio 4000 RTP/AVP 0\r\na=rtpmap:101 telephone-event/8000\r\n'),
      { eventPayloadType: undefined },
    ],
    [
      'a number for events that RTP has no room for',
      offer('m=audio 4000 RTP/AVP 0 300\r\na=rtpmap:300 telephone-event/8000\r\n'),
      { eventPayloadType: undefined },
    ],
    ['a refused medium first', offer(`m=video 0 RTP/AVP 31\r\n${PLAIN}`), { port: 4_000 }],
    ['sendonly', offer(`${PLAIN}a=sendonly\r\n`), { sends: true, receives: false }],
    ['recvonly', offer(`${PLAIN}a=recvonly\r\n`), { sends: false, receives: true }],
    ['inactive for the whole session', offer(PLAIN, 'a=inactive\r\n'), { sends: false, receives: false }],
    ['the old way to hold', offer(`${PLAIN}c=IN IP4 0.0.0.0\r\n`), { receives: false }],
  ])('may have %s', (_, sdp, audio) => expect(readAudio(sdp)).toMatchObject(audio));

  test.each([
    ['no PCMU', offer('m=audio 4000 RTP/AVP 8\r\n')],
    ['SRTP only', offer('m=audio 4000 RTP/SAVP 0\r\n')],
    ['a refused audio', offer('m=audio 0 RTP/AVP 0\r\n')],
    ['a name instead of an address', offer(`${PLAIN}c=IN IP4 media.example.com\r\n`)],
    ['no address', 'v=0\r\nm=audio 4000 RTP/AVP 0\r\n'],
    ['a port that there is not', offer('m=audio 99999 RTP/AVP 0\r\n')],
    ['nothing', ''],
    ['something else', 'hello'],
  ])('is none with %s', (_, sdp) => expect(readAudio(sdp)).toBeUndefined());
});

describe('our answer', () => {
  test('has a line for each of the offer’s, in its order, and takes one', () => {
    const sdp = answerAudio(offer(`m=video 9 RTP/AVP 31 34\r\n${PLAIN}m=audio 5000 RTP/AVP 0\r\n`), LOCAL);
    expect(sdp.split('\r\n').filter(line => line.startsWith('m='))).toEqual([
      'm=video 0 RTP/AVP 31 34',
      'm=audio 5004 RTP/AVP 0 101',
      'm=audio 0 RTP/AVP 0',
    ]);
    expect(sdp).toContain('o=- 7 2 IN IP4 192.0.2.1\r\n');
  });

  test.each([
    ['sendrecv', 'sendrecv'],
    ['sendonly', 'recvonly'],
    ['recvonly', 'sendonly'],
    ['inactive', 'inactive'],
  ])('to %s is %s', (theirs, ours) => {
    expect(answerAudio(offer(`${PLAIN}a=${theirs}\r\n`), LOCAL)).toContain(`a=${ours}\r\n`);
  });

  test('is written with IP6 for an IPv6 address', () => {
    expect(answerAudio(offer(PLAIN), { ...LOCAL, address: '::1' })).toContain('c=IN IP6 ::1\r\n');
  });
});
