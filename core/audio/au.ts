import { fourLetters, viewOf } from './chunks.ts';
import { UnsupportedAudioError } from './errors.ts';
import type { SampleEncoding } from './sample-encodings.ts';
import { type AudioFormat, soundOf } from './sound.ts';

/** Encodings by their number in the header. */
const encodings: Readonly<Record<number, SampleEncoding>> = {
  1: 'muLaw',
  2: 's8',
  3: 's16be',
  4: 's24be',
  5: 's32be',
  6: 'f32be',
  7: 'f64be',
  27: 'aLaw',
};

const HEADER_BYTES = 24;

/** Sun's `.au` and NeXT's `.snd`, which is what `audio/basic` often turns out to be. */
export const au: AudioFormat = {
  name: 'AU',
  recognises: bytes => fourLetters(bytes, 0) === '.snd' && bytes.byteLength >= HEADER_BYTES,
  open(bytes) {
    const view = viewOf(bytes);
    const encoding = encodings[view.getUint32(12)];
    if (encoding === undefined) {
      throw new UnsupportedAudioError(
        `This AU file is encoded in a way that is not supported (encoding ${view.getUint32(12)}). Export it as PCM, 16 bit.`,
      );
    }
    const firstByte = Math.max(HEADER_BYTES, view.getUint32(4));
    return soundOf(bytes.subarray(firstByte, firstByte + view.getUint32(8)), {
      format: 'AU',
      rateHz: view.getUint32(16),
      channels: view.getUint32(20),
      encoding,
    });
  },
};
