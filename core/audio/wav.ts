import { chunksOf, fourLetters, viewOf } from './chunks.ts';
import { DamagedAudioError, UnsupportedAudioError } from './errors.ts';
import type { SampleEncoding } from './sample-encodings.ts';
import { type AudioFormat, soundOf } from './sound.ts';

/** Encodings by format tag and bits a sample (RFC 2361; Microsoft's mmreg.h). */
const encodings: Readonly<Record<string, SampleEncoding>> = {
  '1/8': 'u8',
  '1/16': 's16le',
  '1/24': 's24le',
  '1/32': 's32le',
  '3/32': 'f32le',
  '3/64': 'f64le',
  '6/8': 'aLaw',
  '7/8': 'muLaw',
};

const EXTENSIBLE = 0xfffe;
/** In the extensible form the tag is the beginning of a GUID, which follows 24 bytes of other things. */
const SUB_FORMAT_OFFSET = 24;

/** RIFF/WAVE: PCM of 8 to 32 bits, float, and G.711. */
export const wav: AudioFormat = {
  name: 'WAV',
  recognises: bytes => fourLetters(bytes, 0) === 'RIFF' && fourLetters(bytes, 8) === 'WAVE',
  open(bytes) {
    const chunks = chunksOf(bytes, true);
    const format = chunks.get('fmt ');
    const data = chunks.get('data');
    if (format === undefined || format.byteLength < 16 || data === undefined) {
      throw new DamagedAudioError('This WAV file has no "fmt " and "data" parts. Export it again.');
    }
    const view = viewOf(format);
    const isExtensible = view.getUint16(0, true) === EXTENSIBLE && format.byteLength >= SUB_FORMAT_OFFSET + 2;
    const tag = view.getUint16(isExtensible ? SUB_FORMAT_OFFSET : 0, true);
    const bits = view.getUint16(14, true);
    const encoding = encodings[`${tag}/${bits}`];
    if (encoding === undefined) {
      throw new UnsupportedAudioError(
        `This WAV file is encoded in a way that is not supported (format ${tag}, ${bits} bits). Export it as PCM, 16 bit.`,
      );
    }
    return soundOf(data, {
      format: 'WAV',
      rateHz: view.getUint32(4, true),
      channels: view.getUint16(2, true),
      encoding,
    });
  },
};
