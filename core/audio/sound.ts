import { DamagedAudioError, UnsupportedAudioError } from './errors.ts';
import { MAX_CHANNELS, MAX_RATE_HZ, MIN_RATE_HZ } from './limits.ts';
import { type SampleEncoding, sampleEncodings } from './sample-encodings.ts';

/** A mono sound that is made as it is read: 40 minutes in one piece would take a gigabyte. */
export interface Sound {
  readonly rateHz: number;
  /** Samples from -1 to 1, in blocks of any length. */
  readonly blocks: Iterable<Float32Array>;
}

/** One audio format: how to tell its files, and how to read them. */
export interface AudioFormat {
  /** As in "This WAV file …". */
  readonly name: string;
  /** By content; `contentType` (lower case, without parameters) decides only for formats without a header. */
  recognises(bytes: Uint8Array, contentType: string): boolean;
  /**
   * @throws {UnsupportedAudioError | DamagedAudioError}
   */
  open(bytes: Uint8Array): Sound | Promise<Sound>;
}

/** How samples lie in a file. */
export interface SampleLayout {
  readonly format: string;
  readonly rateHz: number;
  readonly channels: number;
  readonly encoding: SampleEncoding;
}

const FRAMES_PER_BLOCK = 8_192;

/** The sound of interleaved samples. Channels are averaged; an incomplete frame at the end is left out. */
export function soundOf(data: Uint8Array, { format, rateHz, channels, encoding }: SampleLayout): Sound {
  if (!(rateHz >= MIN_RATE_HZ && rateHz <= MAX_RATE_HZ)) {
    throw new UnsupportedAudioError(
      `This ${format} file has ${rateHz} samples a second. Use ${MIN_RATE_HZ} to ${MAX_RATE_HZ}, best 8000.`,
    );
  }
  if (channels < 1 || channels > MAX_CHANNELS) {
    throw new UnsupportedAudioError(`This ${format} file has ${channels} channels. Use one or two.`);
  }
  const { bytes: sampleBytes, read } = sampleEncodings[encoding];
  const frames = Math.floor(data.byteLength / (sampleBytes * channels));
  if (frames === 0) throw new DamagedAudioError(`This ${format} file holds no sound. Check how it was made.`);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);

  function* blocks(): Generator<Float32Array> {
    let offset = 0;
    for (let done = 0; done < frames; done += FRAMES_PER_BLOCK) {
      const block = new Float32Array(Math.min(FRAMES_PER_BLOCK, frames - done));
      for (let frame = 0; frame < block.length; frame++) {
        let sum = 0;
        for (let channel = 0; channel < channels; channel++, offset += sampleBytes) sum += read(view, offset);
        block[frame] = sum / channels;
      }
      yield block;
    }
  }
  return { rateHz, blocks: { [Symbol.iterator]: blocks } };
}
