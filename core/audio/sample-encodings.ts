import { aLawToLinear, muLawToLinear } from './g711.ts';

/** One way in which a sample is written: its length, and how it is read as a number from -1 to 1. */
interface SampleReader {
  readonly bytes: number;
  read(view: DataView, offset: number): number;
}

/** Every way in which samples are written in the files that are read here; `be` and `le` name the byte order. */
export const sampleEncodings = {
  u8: { bytes: 1, read: (view, offset) => (view.getUint8(offset) - 128) / 0x80 },
  s8: { bytes: 1, read: (view, offset) => view.getInt8(offset) / 0x80 },
  s16le: { bytes: 2, read: (view, offset) => view.getInt16(offset, true) / 0x8000 },
  s16be: { bytes: 2, read: (view, offset) => view.getInt16(offset) / 0x8000 },
  s24le: {
    bytes: 3,
    read: (view, offset) => ((view.getInt8(offset + 2) << 16) | view.getUint16(offset, true)) / 0x800000,
  },
  s24be: {
    bytes: 3,
    read: (view, offset) => ((view.getInt8(offset) << 16) | view.getUint16(offset + 1)) / 0x800000,
  },
  s32le: { bytes: 4, read: (view, offset) => view.getInt32(offset, true) / 0x80000000 },
  s32be: { bytes: 4, read: (view, offset) => view.getInt32(offset) / 0x80000000 },
  f32le: { bytes: 4, read: (view, offset) => finite(view.getFloat32(offset, true)) },
  f32be: { bytes: 4, read: (view, offset) => finite(view.getFloat32(offset)) },
  f64le: { bytes: 8, read: (view, offset) => finite(view.getFloat64(offset, true)) },
  f64be: { bytes: 8, read: (view, offset) => finite(view.getFloat64(offset)) },
  muLaw: { bytes: 1, read: (view, offset) => (muLawToLinear[view.getUint8(offset)] ?? 0) / 0x8000 },
  aLaw: { bytes: 1, read: (view, offset) => (aLawToLinear[view.getUint8(offset)] ?? 0) / 0x8000 },
} satisfies Record<string, SampleReader>;

/** The names of {@link sampleEncodings}. */
export type SampleEncoding = keyof typeof sampleEncodings;

/** One NaN or infinity would silence everything around it once it is filtered; louder than full scale is no louder. */
function finite(sample: number): number {
  return Number.isNaN(sample) ? 0 : Math.max(-1, Math.min(1, sample));
}
