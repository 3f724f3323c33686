/** What the service plays: PCM in a RIFF/WAVE container. */

export interface Wav {
  durationMs: number;
  sampleRate: number;
  channels: number;
  bitsPerSample: number;
  /** The samples as they are in the file: little-endian, the channels of one moment side by side. */
  data: Uint8Array;
}

const PCM = 1;
/** WAVE_FORMAT_EXTENSIBLE: the real format is the first half of the sub-format GUID, 24 bytes into the chunk. */
const EXTENSIBLE = 0xfffe;
const CHUNK_HEADER_BYTES = 8;
/** Rates that sound has; another is no rate but a broken file, and would fill the memory. */
const MIN_SAMPLE_RATE = 4_000;
const MAX_SAMPLE_RATE = 384_000;

/** A WAV file, or undefined when the bytes are none, or hold something else than PCM. */
export function readWav(bytes: Uint8Array): Wav | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 12 || name(view, 0) !== 'RIFF' || name(view, 8) !== 'WAVE') return undefined;
  let format:
    | (Pick<Wav, 'sampleRate' | 'channels' | 'bitsPerSample'> & { bytesPerSecond: number })
    | undefined;
  for (let at = 12; at + CHUNK_HEADER_BYTES <= bytes.byteLength; ) {
    const size = view.getUint32(at + 4, true);
    const body = at + CHUNK_HEADER_BYTES;
    if (name(view, at) === 'fmt ') {
      if (size < 16 || body + size > bytes.byteLength) return undefined;
      const tag = view.getUint16(body, true);
      const isPcm =
        tag === PCM || (tag === EXTENSIBLE && size >= 40 && view.getUint16(body + 24, true) === PCM);
      if (!isPcm) return undefined;
      format = {
        channels: view.getUint16(body + 2, true),
        sampleRate: view.getUint32(body + 4, true),
        bytesPerSecond: view.getUint32(body + 8, true),
        bitsPerSample: view.getUint16(body + 14, true),
      };
      const { channels, sampleRate, bytesPerSecond, bitsPerSample } = format;
      const isSound = sampleRate >= MIN_SAMPLE_RATE && sampleRate <= MAX_SAMPLE_RATE;
      if (!isSound || channels * bitsPerSample * bytesPerSecond === 0) return undefined;
    }
    if (name(view, at) === 'data') {
      if (format === undefined) return undefined;
      // A writer that streams leaves the size open (0 or 2³²−1); what is there is what counts.
      const heard = Math.min(size === 0 ? Number.POSITIVE_INFINITY : size, bytes.byteLength - body);
      const { sampleRate, channels, bitsPerSample, bytesPerSecond } = format;
      const durationMs = Math.round((heard / bytesPerSecond) * 1_000);
      return { sampleRate, channels, bitsPerSample, durationMs, data: bytes.subarray(body, body + heard) };
    }
    at = body + size + (size % 2);
  }
  return undefined;
}

/** As one channel of 16-bit samples; 8-bit WAV is unsigned, every other width signed. Silence for a width that nobody writes. */
export function wavSamples({ data, channels, bitsPerSample }: Wav): Int16Array {
  const width = bitsPerSample / 8;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const read = READERS[bitsPerSample] ?? (() => 0);
  const samples = new Int16Array(Math.floor(data.byteLength / (width * channels)));
  for (let at = 0; at < samples.length; at++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += read(view, (at * channels + channel) * width);
    samples[at] = Math.round(sum / channels);
  }
  return samples;
}

const READERS: Record<number, (view: DataView, at: number) => number> = {
  8: (view, at) => (view.getUint8(at) - 0x80) * 0x100,
  16: (view, at) => view.getInt16(at, true),
  24: (view, at) => view.getInt16(at + 1, true),
  32: (view, at) => view.getInt16(at + 2, true),
};

const name = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
