/** Sounds made for tests, files around them, and ways to measure what came out. */

/** A sine of this level (1 is full scale). */
export function sine(frequencyHz: number, rateHz: number, seconds: number, level = 0.5): Float64Array {
  return Float64Array.from(
    { length: Math.round(rateHz * seconds) },
    (_, n) => level * Math.sin((2 * Math.PI * frequencyHz * n) / rateHz),
  );
}

/** How each encoding writes a sample from -1 to 1. */
export const writers = {
  u8: writer(1, (view, at, x) => view.setUint8(at, Math.round(x * 127) + 128)),
  s8: writer(1, (view, at, x) => view.setInt8(at, Math.round(x * 127))),
  s16le: writer(2, (view, at, x) => view.setInt16(at, Math.round(x * 0x7fff), true)),
  s16be: writer(2, (view, at, x) => view.setInt16(at, Math.round(x * 0x7fff))),
  s24le: writer(3, (view, at, x) => {
    view.setUint16(at, Math.round(x * 0x7fffff) & 0xffff, true);
    view.setInt8(at + 2, Math.round(x * 0x7fffff) >> 16);
  }),
  s24be: writer(3, (view, at, x) => {
    view.setInt8(at, Math.round(x * 0x7fffff) >> 16);
    view.setUint16(at + 1, Math.round(x * 0x7fffff) & 0xffff);
  }),
  s32le: writer(4, (view, at, x) => view.setInt32(at, Math.round(x * 0x7fffffff), true)),
  s32be: writer(4, (view, at, x) => view.setInt32(at, Math.round(x * 0x7fffffff))),
  f32le: writer(4, (view, at, x) => view.setFloat32(at, x, true)),
  f32be: writer(4, (view, at, x) => view.setFloat32(at, x)),
  f64le: writer(8, (view, at, x) => view.setFloat64(at, x, true)),
  f64be: writer(8, (view, at, x) => view.setFloat64(at, x)),
  muLaw: writer(1, (view, at, x) => view.setUint8(at, encodeMuLaw(Math.round(x * 0x7fff)))),
  aLaw: writer(1, (view, at, x) => view.setUint8(at, encodeALaw(Math.round(x * 0x7fff)))),
};

/** µ-law of a 16-bit sample, by the segments of G.711 (and not by the table under test). */
export function encodeMuLaw(sample: number): number {
  const magnitude = Math.min(8_158, Math.abs(sample) >> 2) + 33;
  const segment = 31 - Math.clz32(magnitude) - 5;
  const code = (sample < 0 ? 0x80 : 0) | (segment << 4) | ((magnitude >> (segment + 1)) & 15);
  return ~code & 0xff;
}

/** A-law of a 16-bit sample. */
export function encodeALaw(sample: number): number {
  const magnitude = (sample < 0 ? ~sample : sample) >> 3;
  const segment = magnitude < 32 ? 0 : 31 - Math.clz32(magnitude) - 4;
  const step = segment === 0 ? (magnitude >> 1) & 15 : (magnitude >> segment) & 15;
  return ((sample < 0 ? 0 : 0x80) | (segment << 4) | step) ^ 0x55;
}

/** A WAV file. `tag` is the format tag: 1 PCM, 3 float, 6 A-law, 7 µ-law. */
export function wavFile(
  data: Uint8Array,
  { tag = 1, bits = 16, rateHz = 8_000, channels = 1, extensible = false } = {},
): Uint8Array {
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : tag, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rateHz, 4);
  format.writeUInt32LE((rateHz * channels * bits) / 8, 8);
  format.writeUInt16LE((channels * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) format.writeUInt16LE(tag, 24);
  const chunks = Buffer.concat([
    chunk('fmt ', format, true),
    chunk('LIST', Buffer.alloc(5), true),
    chunk('data', data, true),
  ]);
  return Buffer.concat([Buffer.from('RIFF'), uint32(chunks.length + 4, true), Buffer.from('WAVE'), chunks]);
}

/** An AIFF file, or AIFF-C where a compression is named. */
export function aiffFile(
  data: Uint8Array,
  { bits = 16, rateHz = 8_000, channels = 1, compression = '' } = {},
): Uint8Array {
  const common = Buffer.alloc(18);
  common.writeInt16BE(channels, 0);
  common.writeUInt32BE(data.byteLength / channels / Math.ceil(bits / 8), 2);
  common.writeInt16BE(bits, 6);
  const exponent = Math.floor(Math.log2(rateHz));
  common.writeUInt16BE(16_383 + exponent, 8);
  common.writeUInt32BE(rateHz * 2 ** (31 - exponent), 10);
  const described = compression === '' ? common : Buffer.concat([common, Buffer.from(`${compression}\0\0`)]);
  const chunks = Buffer.concat([
    chunk('COMM', described, false),
    chunk('SSND', Buffer.concat([Buffer.alloc(8), data]), false),
  ]);
  const kind = compression === '' ? 'AIFF' : 'AIFC';
  return Buffer.concat([Buffer.from('FORM'), uint32(chunks.length + 4, false), Buffer.from(kind), chunks]);
}

/** An AU file; encoding 1 is µ-law, 3 is PCM of 16 bits. */
export function auFile(data: Uint8Array, encoding: number, rateHz = 8_000, channels = 1): Uint8Array {
  const numbers = [28, data.byteLength, encoding, rateHz, channels, 0].map(number => uint32(number, false));
  return Buffer.concat([Buffer.from('.snd'), ...numbers, data]);
}

/** The samples of a file that toTelephonyWav made, from -1 to 1. */
export function samplesOf(file: Uint8Array): Float64Array {
  const view = new DataView(file.buffer, file.byteOffset + 44);
  return Float64Array.from({ length: view.byteLength / 2 }, (_, n) => view.getInt16(n * 2, true) / 0x8000);
}

/**
 * How much of one frequency is in the middle half of a sound, as the level of the sine that would be (1 is full scale):
 * one bin of a Fourier transform under a Hann window.
 */
export function levelAt(frequencyHz: number, samples: Float64Array, rateHz = 8_000): number {
  const middle = samples.subarray(samples.length >> 2, samples.length - (samples.length >> 2));
  let real = 0;
  let imaginary = 0;
  middle.forEach((sample, n) => {
    const hann = 1 - Math.cos((2 * Math.PI * n) / middle.length);
    const angle = (2 * Math.PI * frequencyHz * n) / rateHz;
    real += sample * hann * Math.cos(angle);
    imaginary -= sample * hann * Math.sin(angle);
  });
  return (2 * Math.hypot(real, imaginary)) / middle.length;
}

/** The root mean square of the middle half of a sound, as a level of a sine. */
export function sineLevel(samples: Float64Array): number {
  const middle = samples.subarray(samples.length >> 2, samples.length - (samples.length >> 2));
  return Math.sqrt((2 * middle.reduce((sum, sample) => sum + sample * sample, 0)) / middle.length);
}

/** A ratio of levels in decibels. */
export function decibels(ratio: number): number {
  return 20 * Math.log10(Math.max(ratio, 1e-9));
}

function writer(bytes: number, write: (view: DataView, at: number, sample: number) => void) {
  return (samples: ArrayLike<number>, channels = 1): Uint8Array => {
    const data = new Uint8Array(samples.length * bytes * channels);
    const view = new DataView(data.buffer);
    for (let n = 0; n < samples.length * channels; n++)
      write(view, n * bytes, samples[Math.floor(n / channels)] ?? 0);
    return data;
  };
}

function chunk(name: string, content: Uint8Array, littleEndian: boolean): Buffer {
  const padding = Buffer.alloc(content.byteLength % 2);
  return Buffer.concat([Buffer.from(name), uint32(content.byteLength, littleEndian), content, padding]);
}

function uint32(value: number, littleEndian: boolean): Buffer {
  const bytes = Buffer.alloc(4);
  if (littleEndian) bytes.writeUInt32LE(value);
  else bytes.writeUInt32BE(value);
  return bytes;
}
