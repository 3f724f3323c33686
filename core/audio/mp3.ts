import { fourLetters, viewOf } from './chunks.ts';
import { DamagedAudioError } from './errors.ts';
import type { AudioFormat } from './sound.ts';

/** How much of the file is searched for its first frame: encoders and cutters leave some bytes before it. */
const SEARCHED_BYTES = 4_096;
/** How much is decoded in one go. */
const DECODED_BYTES = 32_768;

/** Sampling rates by index, for MPEG-1; MPEG-2 has half of each, MPEG-2.5 a quarter. */
const ratesHz = [44_100, 48_000, 32_000];
/** Kilobits a second by index, of MPEG-1 layer III and of MPEG-2 layer III. */
const kilobits = {
  1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};

/** MPEG audio layer III. */
export const mp3: AudioFormat = {
  name: 'MP3',
  recognises: bytes => fourLetters(bytes, 0).startsWith('ID3') || hasTwoFrames(bytes),
  async open(bytes) {
    // Loaded for MP3 alone: 17 ms of import and 16 ms of WebAssembly.
    const { MPEGDecoder } = await import('mpg123-decoder');
    const decoder = new MPEGDecoder();
    await decoder.ready;
    const decodeFrom = (offset: number) => decoder.decode(bytes.subarray(offset, offset + DECODED_BYTES));

    // The rate is known once the first frame is decoded.
    let offset = 0;
    let first = decodeFrom(offset);
    while (first.samplesDecoded === 0 && offset + DECODED_BYTES < bytes.byteLength) {
      offset += DECODED_BYTES;
      first = decodeFrom(offset);
    }
    if (first.samplesDecoded === 0) {
      decoder.free();
      throw new DamagedAudioError('This MP3 file holds no sound that can be decoded. Export it again.');
    }

    function* blocks(): Generator<Float32Array> {
      try {
        for (let part = first; ; part = decodeFrom(offset)) {
          if (part.samplesDecoded > 0) {
            if (part.sampleRate !== first.sampleRate) {
              throw new DamagedAudioError(
                'This MP3 file changes its sampling rate on the way. Export it again.',
              );
            }
            yield mixed(part.channelData);
          }
          offset += DECODED_BYTES;
          if (offset >= bytes.byteLength) return;
        }
      } finally {
        decoder.free();
      }
    }
    return { rateHz: first.sampleRate, blocks: blocks() };
  },
};

function mixed([left = new Float32Array(), right]: readonly Float32Array[]): Float32Array {
  return right === undefined ? left : left.map((sample, index) => (sample + (right[index] ?? 0)) / 2);
}

/** Whether a frame is followed by another just where its length says: noise hardly ever looks so. */
function hasTwoFrames(bytes: Uint8Array): boolean {
  for (let offset = 0; offset < Math.min(SEARCHED_BYTES, bytes.byteLength); offset++) {
    const length = bytes[offset] === 0xff ? frameBytes(bytes, offset) : undefined;
    if (length !== undefined && frameBytes(bytes, offset + length) !== undefined) return true;
  }
  return false;
}

/** The length of the layer III frame at this place; undefined when there is none (ISO 11172-3 §2.4.2.3). */
function frameBytes(bytes: Uint8Array, offset: number): number | undefined {
  if (offset + 4 > bytes.byteLength) return undefined;
  const header = viewOf(bytes).getUint32(offset);
  const version = ([2.5, undefined, 2, 1] as const)[(header >>> 19) & 3];
  const isLayer3 = ((header >>> 17) & 3) === 1;
  const baseRateHz = ratesHz[(header >>> 10) & 3];
  if (header >>> 21 !== 0x7ff || version === undefined || !isLayer3 || baseRateHz === undefined)
    return undefined;
  const kilobitsPerSecond = kilobits[version === 1 ? 1 : 2][(header >>> 12) & 15];
  if (!kilobitsPerSecond) return undefined;
  const rateHz = baseRateHz / (version === 2.5 ? 4 : version);
  const bytesPerKilobit = version === 1 ? 144_000 : 72_000;
  return Math.floor((bytesPerKilobit * kilobitsPerSecond) / rateHz) + ((header >>> 9) & 1);
}
