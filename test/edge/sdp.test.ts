import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecsIn, keepPcmu, offerCodecs, parseSdp, SdpRefused, writeSdp } from '../../edge/sdp.ts';

const SESSION = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0'];
const text = (...lines: string[]): string => [...SESSION, ...lines, ''].join('\r\n');

describe('A session description (RFC 4566)', () => {
  const description = text(
    'm=audio 4000 RTP/AVP 0 101',
    'b=AS:64',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    'm=video 4002 RTP/AVP 96',
    'a=rtpmap:96 H264/90000',
  );

  it('is written as it was read', () => {
    expect(writeSdp(parseSdp(description))).toBe(description);
  });

  it('may end its lines in CR or LF, and have empty ones', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.constantFrom('\r\n', '\n', '\r', '\r\n\r\n')), ends => {
        const odd = description.replace(/\r\n/g, () => String(ends.next().value));

        expect(writeSdp(parseSdp(odd))).toBe(description);
      }),
    );
  });

  it('names what a static payload type means where it says nothing of it itself (RFC 3551 §6)', () => {
    const { media } = parseSdp(text('m=audio 4000 RTP/AVP 0 8 18 99', 'a=rtpmap:8 L16/8000'));

    expect(media[0]?.formats.map(({ map }) => map)).toEqual(['PCMU/8000', 'L16/8000', 'G729/8000', '']);
  });

  it('keeps what it says of each payload type with that one', () => {
    const { media } = parseSdp(
      text(
        'm=audio 4000 RTP/AVP 10 101',
        'a=fmtp:101 0-11',
        'a=fmtp:10 x=1',
        'a=fmtp:101 16',
        'a=rtcp-fb:10 nack',
      ),
    );

    expect(media[0]?.formats.map(({ fmtp }) => fmtp)).toEqual([['x=1'], ['0-11', '16']]);
    expect(media[0]?.lines).toEqual([]);
  });

  it('puts other lines of a section before its attributes (§5)', () => {
    const section = ['m=audio 4000 RTP/AVP 0', 'a=ptime:20', 'c=IN IP4 192.0.2.9'];

    expect(writeSdp(parseSdp(text(...section)))).toBe(
      text('m=audio 4000 RTP/AVP 0', 'c=IN IP4 192.0.2.9', 'a=rtpmap:0 PCMU/8000', 'a=ptime:20'),
    );
  });

  it.each(['m=image 4002 udptl t38', 'm=message 4002 TCP/MSRP *'])('keeps the formats of %s', section => {
    expect(writeSdp(parseSdp(text(section)))).toBe(text(section));
  });

  it.each(['', '\r\n', 'm=audio 4000 RTP/AVP 0\r\n', 'hello'])('is not %j', it => {
    expect(() => parseSdp(it)).toThrow(SdpRefused);
  });
});

describe('What a target is offered', () => {
  const offered = (codecs: Parameters<typeof offerCodecs>[1], ...lines: string[]) =>
    offerCodecs(parseSdp(text(...lines)), codecs).media.map(
      ({ port, formats }) => `${port}: ${formats.map(({ payload, map }) => `${payload} ${map}`).join(', ')}`,
    );

  it('are these codecs in this order, and keys if they were there', () => {
    const lines = ['m=audio 4000 RTP/AVP 0 9 96', 'a=rtpmap:96 TELEPHONE-EVENT/8000'];

    expect(offered(['PCMA', 'PCMU'], ...lines)).toEqual([
      '4000: 8 PCMA/8000, 0 PCMU/8000, 96 TELEPHONE-EVENT/8000',
    ]);
  });

  it('has a codec by the number that the other side gives it, in whatever case that writes it', () => {
    expect(offered(['OPUS'], 'm=audio 4000 RTP/AVP 98', 'a=rtpmap:98 OPUS/48000/2')).toEqual([
      '4000: 98 OPUS/48000/2',
    ]);
  });

  it.each([
    [101, '111 opus/48000/2, 101 telephone-event/8000'],
    [111, '96 opus/48000/2, 111 telephone-event/8000'],
  ])('gives a codec that nobody has a number for one that is free: keys have %i', (keys, formats) => {
    expect(
      offered(['OPUS'], `m=audio 4000 RTP/AVP ${keys}`, `a=rtpmap:${keys} telephone-event/8000`),
    ).toEqual([`4000: ${formats}`]);
  });

  it('is the first audio only (RFC 3264 §6)', () => {
    const sections = ['m=video 4002 RTP/AVP 96', 'm=audio 4000 RTP/AVP 0', 'm=audio 4004 RTP/AVP 0'];

    expect(offered(['PCMU'], ...sections)).toEqual(['0: 96 ', '4000: 0 PCMU/8000', '0: 0 PCMU/8000']);
  });
});

describe('What is left for the voice service', () => {
  it('is PCMU and keys', () => {
    const sdp = text('m=audio 4000 RTP/AVP 8 0 101', 'a=rtpmap:101 telephone-event/8000', 'a=sendonly');

    expect(writeSdp(keepPcmu(parseSdp(sdp)))).toBe(
      text(
        'm=audio 4000 RTP/AVP 0 101',
        'a=rtpmap:0 PCMU/8000',
        'a=rtpmap:101 telephone-event/8000',
        'a=sendonly',
      ),
    );
  });

  it.each(['m=audio 4000 RTP/AVP 8', 'm=video 4000 RTP/AVP 0'])('is nothing of %s', section => {
    expect(() => keepPcmu(parseSdp(text(section)))).toThrow(SdpRefused);
  });
});

it('names the codecs of a description as documents do, in its own order', () => {
  const sdp = text('m=audio 4000 RTP/AVP 18 98 0 101', 'a=rtpmap:98 Opus/48000/2', 'a=rtpmap:0 pcmu/8000/1');

  expect(codecsIn(parseSdp(sdp))).toEqual(['G729', 'OPUS', 'PCMU']);
});
