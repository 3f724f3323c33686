/** RTP packets, telephone events, PCMU and prompts: bytes against the standards' own layouts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SILENCE, toMuLaw } from '../../../rtp/g711.ts';
import { distance16, distance32, parseRtp, type RtpPacket, writeRtp } from '../../../rtp/packet.ts';
import { parseTelephoneEvent, writeTelephoneEvent } from '../../../rtp/telephone-event.ts';
import { readWav, wavSamples } from '../../../sma/media/wav.ts';
import { Outlet } from '../../../sma/rtp/outlet.ts';
import { Playlist } from '../../../sma/rtp/playlist.ts';
import { promptAudio } from '../../../sma/rtp/prompt-audio.ts';
import { wavOf } from '../support/wav.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('an RTP packet', () => {
  const bytes = hex('80 80 fffe fffffff0 deadbeef 0102');
  const packet = {
    payloadType: 0,
    marker: true,
    sequence: 0xfffe,
    timestamp: 0xfffffff0,
    ssrc: 0xdeadbeef,
    payload: Buffer.from([1, 2]),
  };

  test('is laid out as RFC 3550 §5.1 has it', () => {
    expect(writeRtp(packet)).toEqual(bytes);
    expect(parseRtp(bytes)).toEqual(packet);
  });

  test.each([
    ['contributing sources', '82 00 0001 00000001 00000001 aaaaaaaa bbbbbbbb 07', '07'],
    ['a header extension', '90 00 0001 00000001 00000001 bede 0001 11111111 07', '07'],
    ['padding', 'a0 00 0001 00000001 00000001 07 0002', '07'],
    ['no payload', '80 00 0001 00000001 00000001', ''],
  ])('is read with %s', (_, text, payload) => expect(parseRtp(hex(text))?.payload).toEqual(hex(payload)));

  test.each([
    ['too short', '80 00 0001 00000001 0000'],
    ['of another version, as STUN', '00 01 0000 2112a442 00000000 00000000'],
    ['with more padding than bytes', 'a0 00 0001 00000001 00000001 ff'],
    ['with an extension that breaks off', '90 00 0001 00000001 00000001 bede'],
    ['with an extension that is longer than the packet', '90 00 0001 00000001 00000001 bede 0009'],
  ])('is none when %s', (_, text) => expect(parseRtp(hex(text))).toBeUndefined());

  test('whatever comes is read or refused, never an error', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), bytes => void parseRtp(Buffer.from(bytes))));
  });

  test('numbers are compared the short way round', () => {
    expect([distance16(65_535, 2), distance16(2, 65_535)]).toEqual([3, -3]);
    expect([distance32(0xffff_ffff, 2), distance32(2, 0xffff_ffff)]).toEqual([3, -3]);
  });
});

describe('a telephone event', () => {
  test.each([
    ['5', false, 800, '05 0a 0320'],
    ['#', true, 65_535, '0b 8a ffff'],
    ['D', false, 0, '0f 0a 0000'],
  ])('%s is laid out as RFC 4733 §2.3 has it', (digit, end, duration, text) => {
    expect(writeTelephoneEvent(digit, end, duration)).toEqual(new Uint8Array(hex(text)));
    expect(parseTelephoneEvent(hex(text))).toEqual({ digit, end, duration });
  });

  test('that is no key, or no event, has no digit', () => {
    expect(parseTelephoneEvent(hex('10 0a 0000'))?.digit).toBeUndefined();
    expect(parseTelephoneEvent(hex('05 0a 00'))).toBeUndefined();
  });
});

describe('PCMU', () => {
  /** The decoder of G.711 table 2a, written down independently of the encoder. */
  function fromMuLaw(code: number): number {
    const bits = ~code & 0xff;
    const magnitude = (((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7);
    return bits & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
  }

  test('every code is the one of its own value', () => {
    for (let code = 0; code < 256; code++) {
      // 0x7f is −0, which is sent as +0.
      expect(toMuLaw(fromMuLaw(code))).toBe(code === 0x7f ? SILENCE : code);
    }
  });

  test('every sample gets a code that is near it', () => {
    fc.assert(
      fc.property(fc.integer({ min: -32_768, max: 32_767 }), sample => {
        const error = Math.abs(fromMuLaw(toMuLaw(sample)) - sample);
        // Half a step of its segment: steps grow from 8 to 1,024, a sixteenth of the value.
        expect(error).toBeLessThanOrEqual(Math.max(4, (Math.abs(sample) + 132) / 32 + 128));
      }),
    );
  });
});

describe('a WAV file', () => {
  test.each([
    [8, Buffer.from([0x80, 0xff, 0x00]), [0, 32_512, -32_768]],
    [16, hex('0000 ff7f 0080'), [0, 32_767, -32_768]],
    [24, hex('000000 ffff7f 000080'), [0, 32_767, -32_768]],
    [32, hex('00000000 ffffff7f 00000080'), [0, 32_767, -32_768]],
    [12, hex('000000'), [0, 0]],
  ])('of %i bits is read as 16', (bitsPerSample, data, samples) => {
    const wav = { data, bitsPerSample, channels: 1, sampleRate: 8_000, durationMs: 1 };
    expect([...wavSamples(wav)]).toEqual(samples);
  });

  test('with two channels is heard as their mean', () => {
    const data = hex('e803 b80b 0000 0100');
    const wav = { data, bitsPerSample: 16, channels: 2, sampleRate: 8_000, durationMs: 1 };
    expect([...wavSamples(wav)]).toEqual([2_000, 1]);
  });

  test.each([8_000, 16_000, 44_100, 48_000, 4_000])('of %i Hz lasts as long at 8,000 Hz', sampleRate => {
    const wav = readWav(wavOf(0.5, { sampleRate }));
    if (wav === undefined) throw new Error('not a WAV');
    const audio = promptAudio({ kind: 'audio', bucket: 'b', key: 'k', durationMs: 500, wav });
    expect(audio).toHaveLength(4_000);
    expect(audio.every(code => code === SILENCE)).toBe(true);
  });
});

describe('sounds one after another', () => {
  test('leave no gap between them, and the last packet is filled up with silence', () => {
    const playlist = new Playlist();
    playlist.add(new Uint8Array(200).fill(1));
    playlist.add(new Uint8Array(0));
    playlist.add(new Uint8Array(100).fill(2));
    expect(playlist.packets).toBe(2);
    const [first, second] = [playlist.next(), playlist.next()];
    expect([...(first ?? [])]).toEqual(Array(160).fill(1));
    expect([...(second ?? [])]).toEqual([
      ...Array(40).fill(1),
      ...Array(100).fill(2),
      ...Array(20).fill(SILENCE),
    ]);
    expect([playlist.next(), playlist.packets]).toEqual([undefined, 0]);
  });

  test('are gone when they are cut', () => {
    const playlist = new Playlist();
    playlist.add(new Uint8Array(400));
    playlist.next();
    playlist.clear();
    expect(playlist.next()).toBeUndefined();
  });
});

describe('an outgoing stream', () => {
  const own = { payloadType: 0, marker: false, timestamp: 7, payload: new Uint8Array() };
  const other = (sequence: number, ssrc = 1): RtpPacket => ({
    ...own,
    sequence,
    ssrc,
    timestamp: sequence * 160,
  });

  test('is one source with numbers in order, whoever makes its packets', () => {
    const outlet = new Outlet(() => 0.5);
    const sent = [
      outlet.own(own),
      outlet.passOn(other(500), 0, 1_000),
      outlet.passOn(other(501), 0, 1_160),
      outlet.passOn(other(9, 2), 0, 5_000),
      outlet.own(own),
    ];
    expect(sent.map(({ sequence }) => sequence - (sent[0]?.sequence ?? 0))).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(sent.map(({ ssrc }) => ssrc)).size).toBe(1);
    expect(sent.map(({ timestamp }) => timestamp)).toEqual([7, 1_000, 1_160, 5_000, 7]);
    expect(sent.map(({ marker }) => marker)).toEqual([false, true, false, true, false]);
  });

  test('goes on after a packet that came late', () => {
    const outlet = new Outlet(() => 0);
    const sent = [3, 5, 4].map(sequence => outlet.passOn(other(sequence), 0, 0).sequence);
    expect(sent).toEqual([1, 3, 2]);
    expect(outlet.own(own).sequence).toBe(4);
  });
});
