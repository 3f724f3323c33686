import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AudioError, audioErrorNumbers } from '../../../core/audio/errors.ts';
import { MAX_OUTPUT_BYTES, MAX_SOUND_SECONDS } from '../../../core/audio/limits.ts';
import { toTelephonyWav } from '../../../core/audio/telephony-wav.ts';
import {
  aiffFile,
  auFile,
  decibels,
  levelAt,
  samplesOf,
  sine,
  sineLevel,
  wavFile,
  writers,
} from './sounds.ts';

/** `lame -b 48 -m j --scale 1.0526` of a sine of 1,000 Hz at half of full scale, one second, 44.1 kHz, the same on both channels. */
const mp3 = new Uint8Array(readFileSync(new URL('fixtures/sine-1000hz-44100hz-stereo.mp3', import.meta.url)));

const tone = sine(1_000, 8_000, 0.5);
const tone44 = sine(1_000, 44_100, 0.5);

const files: readonly [what: string, file: Uint8Array, contentType?: string][] = [
  ['WAV, PCM of 8 bits', wavFile(writers.u8(tone), { bits: 8 })],
  ['WAV, PCM of 16 bits', wavFile(writers.s16le(tone))],
  ['WAV, PCM of 24 bits', wavFile(writers.s24le(tone), { bits: 24 })],
  ['WAV, PCM of 32 bits', wavFile(writers.s32le(tone), { bits: 32 })],
  ['WAV, float of 32 bits', wavFile(writers.f32le(tone), { tag: 3, bits: 32 })],
  ['WAV, float of 64 bits', wavFile(writers.f64le(tone), { tag: 3, bits: 64 })],
  ['WAV, A-law', wavFile(writers.aLaw(tone), { tag: 6, bits: 8 })],
  ['WAV, µ-law', wavFile(writers.muLaw(tone), { tag: 7, bits: 8 })],
  ['WAV, extensible', wavFile(writers.s16le(tone), { extensible: true })],
  ['WAV, stereo', wavFile(writers.s16le(tone, 2), { channels: 2 })],
  ['WAV, stereo, 44.1 kHz', wavFile(writers.s16le(tone44, 2), { channels: 2, rateHz: 44_100 })],
  [
    'WAV, stereo, 24 bits, 48 kHz',
    wavFile(writers.s24le(sine(1_000, 48_000, 0.5), 2), { channels: 2, bits: 24, rateHz: 48_000 }),
  ],
  ['WAV under a wrong content type', wavFile(writers.s16le(tone)), 'audio/mpeg'],
  ['AIFF, 8 bits', aiffFile(writers.s8(tone), { bits: 8 })],
  ['AIFF, 16 bits', aiffFile(writers.s16be(tone))],
  [
    'AIFF, 24 bits, stereo, 44.1 kHz',
    aiffFile(writers.s24be(tone44, 2), { bits: 24, channels: 2, rateHz: 44_100 }),
  ],
  ['AIFF, 32 bits', aiffFile(writers.s32be(tone), { bits: 32 })],
  ['AIFF-C, NONE', aiffFile(writers.s16be(tone), { compression: 'NONE' })],
  ['AIFF-C, sowt', aiffFile(writers.s16le(tone), { compression: 'sowt' })],
  ['AIFF-C, fl32', aiffFile(writers.f32be(tone), { bits: 32, compression: 'fl32' })],
  ['AIFF-C, fl64', aiffFile(writers.f64be(tone), { bits: 64, compression: 'fl64' })],
  ['AIFF-C, ulaw', aiffFile(writers.muLaw(tone), { bits: 16, compression: 'ulaw' })],
  ['AIFF-C, alaw', aiffFile(writers.aLaw(tone), { bits: 8, compression: 'alaw' })],
  ['AU, µ-law', auFile(writers.muLaw(tone), 1), 'audio/basic'],
  ['AU, 16 bits, 44.1 kHz', auFile(writers.s16be(tone44), 3, 44_100)],
  ['raw µ-law', writers.muLaw(tone), 'audio/basic'],
  ['raw µ-law by another name', writers.muLaw(tone), 'Audio/ULAW; rate=8000'],
  ['raw A-law', writers.aLaw(tone), 'audio/alaw'],
  ['MP3', mp3, 'audio/mpeg'],
  ['MP3 under no content type', mp3],
  ['MP3 after a long ID3 tag', Buffer.concat([id3Tag(100_000), mp3])],
  ['MP3 after some bytes of rubbish', Buffer.concat([Buffer.alloc(500, 0xff), mp3])],
];

describe.each(files)('%s', (_, file, contentType) => {
  it('becomes a RIFF/WAVE file of 16-bit PCM, mono, 8 kHz', async () => {
    const output = Buffer.from(await toTelephonyWav(file, contentType));

    expect(output.toString('latin1', 0, 4) + output.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
    expect(output.readUInt32LE(4)).toBe(output.length - 8);
    expect([16, 20, 24, 28, 32].map(offset => output.readUInt32LE(offset))).toEqual([
      16, 0x0001_0001, 8_000, 16_000, 0x0010_0002,
    ]);
    expect(output.toString('latin1', 36, 40)).toBe('data');
    expect(output.readUInt32LE(40)).toBe(output.length - 44);
  });

  it('sounds as it did: 1,000 Hz at half of full scale', async () => {
    const samples = samplesOf(await toTelephonyWav(file, contentType));

    expect(Math.abs(decibels(levelAt(1_000, samples) / 0.5))).toBeLessThan(0.3);
    expect(Math.abs(decibels(sineLevel(samples) / 0.5))).toBeLessThan(0.3);
  });
});

describe('Two channels', () => {
  it('are heard with half of their level each', async () => {
    const [low, high] = [sine(500, 8_000, 0.5), sine(2_000, 8_000, 0.5)];
    const both = Array.from({ length: 8_000 }, (_, n) => (n % 2 === 0 ? low : high)[n >> 1] ?? 0);
    const samples = samplesOf(await toTelephonyWav(wavFile(writers.s16le(both), { channels: 2 })));

    expect(levelAt(500, samples)).toBeCloseTo(0.25, 2);
    expect(levelAt(2_000, samples)).toBeCloseTo(0.25, 2);
  });
});

describe('A sample louder than full scale', () => {
  it('is as loud as can be, and no overflow', async () => {
    const loud = Float64Array.of(2, -2, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN);
    const samples = samplesOf(await toTelephonyWav(wavFile(writers.f32le(loud), { tag: 3, bits: 32 })));

    expect([...samples]).toEqual([0x7fff / 0x8000, -1, 0x7fff / 0x8000, -1, 0]);
  });
});

describe('A file whose length was never filled in', () => {
  it('is read to its end', async () => {
    const file = Buffer.from(wavFile(writers.s16le(tone)));
    file.writeUInt32LE(0xffffffff, 4);
    file.writeUInt32LE(0xffffffff, file.indexOf('data') + 4);

    expect(samplesOf(await toTelephonyWav(file))).toHaveLength(tone.length);
  });
});

describe('A file that cannot be played is refused', () => {
  it.each([
    ['nothing', new Uint8Array(), 'audio/wav', 'not-audio'],
    ['an error page', Buffer.from('<html><body>Not found</body></html>'), 'audio/mpeg', 'not-audio'],
    ['an error page called raw audio', Buffer.from('Not found\r\n'), 'audio/basic', 'not-audio'],
    ['Ogg', Buffer.from('OggS\0\x02'), 'audio/ogg', 'not-audio'],
    [
      'random bytes',
      Buffer.from(Array.from({ length: 9_999 }, (_, n) => (n * n * 31) >> 3)),
      '',
      'not-audio',
    ],
    ['WAV without data', wavFile(writers.s16le(tone)).subarray(0, 40), '', 'audio-damaged'],
    ['WAV without a sample', wavFile(new Uint8Array()), '', 'audio-damaged'],
    ['WAV with ADPCM', wavFile(new Uint8Array(100), { tag: 2, bits: 4 }), '', 'audio-unsupported'],
    ['WAV of 12 bits', wavFile(new Uint8Array(100), { bits: 12 }), '', 'audio-unsupported'],
    ['WAV of 0 Hz', wavFile(writers.s16le(tone), { rateHz: 0 }), '', 'audio-unsupported'],
    ['WAV of 1 MHz', wavFile(writers.s16le(tone), { rateHz: 1_000_000 }), '', 'audio-unsupported'],
    ['WAV of no channels', wavFile(writers.s16le(tone), { channels: 0 }), '', 'audio-unsupported'],
    ['WAV of 100 channels', wavFile(writers.s16le(tone), { channels: 100 }), '', 'audio-unsupported'],
    ['AIFF without data', aiffFile(writers.s16be(tone)).subarray(0, 40), '', 'audio-damaged'],
    ['AIFF-C with ima4', aiffFile(writers.s16be(tone), { compression: 'ima4' }), '', 'audio-unsupported'],
    ['AU with ADPCM', auFile(writers.s16be(tone), 23), '', 'audio-unsupported'],
    ['an ID3 tag and no MP3', id3Tag(5_000), 'audio/mpeg', 'audio-damaged'],
  ] as const)('%s', async (_, file, contentType, code) => {
    const error = await toTelephonyWav(file, contentType).catch(error => error);

    expect(error).toBeInstanceOf(AudioError);
    expect(error).toMatchObject({ code, number: audioErrorNumbers[code] });
    expect(error.message).toMatch(/\. [A-Z].*\.$/);
  });

  it('and never in another way, whatever is in it', async () => {
    const seeds = [
      wavFile(writers.s16le(tone)),
      aiffFile(writers.s16be(tone)),
      auFile(writers.muLaw(tone), 1),
      mp3,
    ];
    const damaged = fc
      .tuple(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 8 }),
        fc.nat(3_000),
      )
      .map(([seed, changes, length]) => {
        const file = Uint8Array.from(seed.subarray(0, length));
        for (const [offset, value] of changes) if (offset < file.length) file[offset] = value;
        return file;
      });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(damaged, fc.uint8Array({ maxLength: 100 })),
        fc.constantFrom('', 'audio/basic'),
        async (file, type) => {
          const outcome = await toTelephonyWav(file, type).catch(error => error);
          expect(outcome instanceof Uint8Array || outcome instanceof AudioError).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('The longest sound', () => {
  it('fits into what the voice service takes', () => {
    expect(44 + MAX_SOUND_SECONDS * 8_000 * 2).toBeLessThan(MAX_OUTPUT_BYTES);
  });

  it('is 40 minutes; a second more is too long', async () => {
    const quiet = (seconds: number) =>
      wavFile(new Uint8Array(seconds * 8_000).fill(0xff), { tag: 7, bits: 8 });

    expect(await toTelephonyWav(quiet(MAX_SOUND_SECONDS))).toHaveLength(44 + 2 * 8_000 * MAX_SOUND_SECONDS);
    await expect(toTelephonyWav(quiet(MAX_SOUND_SECONDS + 1))).rejects.toMatchObject({
      code: 'audio-too-long',
    });
  });
});

/** An ID3v2.3 tag with this many bytes of padding, as a cover picture would make it. */
function id3Tag(bytes: number): Buffer {
  const sevenBits = [21, 14, 7, 0].map(shift => (bytes >> shift) & 0x7f);
  return Buffer.concat([Buffer.from('ID3\x03\0\0'), Buffer.from(sevenBits), Buffer.alloc(bytes)]);
}
