import { chunksOf, fourLetters, viewOf } from './chunks.ts';
import { DamagedAudioError, UnsupportedAudioError } from './errors.ts';
import type { SampleEncoding } from './sample-encodings.ts';
import { type AudioFormat, soundOf } from './sound.ts';

/** Encodings by AIFF-C compression type and bytes a sample; plain AIFF is `NONE`. */
const encodings: Readonly<Record<string, SampleEncoding>> = {
  'NONE/1': 's8',
  'NONE/2': 's16be',
  'NONE/3': 's24be',
  'NONE/4': 's32be',
  'twos/2': 's16be',
  'sowt/2': 's16le',
  'raw /1': 'u8',
  'fl32/4': 'f32be',
  'FL32/4': 'f32be',
  'fl64/8': 'f64be',
  'FL64/8': 'f64be',
};

/** Encodings whose type alone tells them: writers disagree about the bits of a G.711 sample. */
const g711: Readonly<Record<string, SampleEncoding>> = {
  ulaw: 'muLaw',
  ULAW: 'muLaw',
  alaw: 'aLaw',
  ALAW: 'aLaw',
};

/** AIFF and AIFF-C (Apple, 1989 and 1991): PCM, float and G.711. */
export const aiff: AudioFormat = {
  name: 'AIFF',
  recognises: bytes => fourLetters(bytes, 0) === 'FORM' && /^AIF[FC]$/.test(fourLetters(bytes, 8)),
  open(bytes) {
    const chunks = chunksOf(bytes, false);
    const common = chunks.get('COMM');
    const sound = chunks.get('SSND');
    if (common === undefined || common.byteLength < 18 || sound === undefined || sound.byteLength < 8) {
      throw new DamagedAudioError('This AIFF file has no "COMM" and "SSND" parts. Export it again.');
    }
    const view = viewOf(common);
    const bits = view.getInt16(6);
    const compression = fourLetters(bytes, 8) === 'AIFC' ? fourLetters(common, 18) : 'NONE';
    const encoding = g711[compression] ?? encodings[`${compression}/${Math.ceil(bits / 8)}`];
    if (encoding === undefined) {
      throw new UnsupportedAudioError(
        `This AIFF file is encoded in a way that is not supported (${compression}, ${bits} bits). Export it as PCM, 16 bit.`,
      );
    }
    const firstByte = 8 + viewOf(sound).getUint32(0);
    return soundOf(sound.subarray(firstByte), {
      format: 'AIFF',
      rateHz: extendedFloat(view, 8),
      channels: view.getUint16(0),
      encoding,
    });
  },
};

/** An IEEE 754 extended float of 80 bits, in which AIFF writes its sampling rate. */
function extendedFloat(view: DataView, offset: number): number {
  const exponent = (view.getUint16(offset) & 0x7fff) - 16_383;
  const mantissa = view.getUint32(offset + 2) * 2 ** 32 + view.getUint32(offset + 6);
  return mantissa * 2 ** (exponent - 63);
}
