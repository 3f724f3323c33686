import { TELEPHONY_RATE_HZ } from './limits.ts';

export const WAV_HEADER_BYTES = 44;

/** The file that the voice service plays: PCM, 16 bit, mono, 8 kHz, of these samples. */
export function wavFile(parts: readonly Int16Array[]): Uint8Array {
  const samples = parts.reduce((sum, { length }) => sum + length, 0);
  const file = new Uint8Array(WAV_HEADER_BYTES + samples * 2);
  const view = new DataView(file.buffer);
  const letters = (offset: number, text: string) => file.set(new TextEncoder().encode(text), offset);
  letters(0, 'RIFF');
  view.setUint32(4, file.byteLength - 8, true);
  letters(8, 'WAVEfmt ');
  view.setUint32(16, 16, true); // length of this part
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, TELEPHONY_RATE_HZ, true);
  view.setUint32(28, TELEPHONY_RATE_HZ * 2, true); // bytes a second
  view.setUint16(32, 2, true); // bytes a frame
  view.setUint16(34, 16, true); // bits a sample
  letters(36, 'data');
  view.setUint32(40, samples * 2, true);
  let offset = WAV_HEADER_BYTES;
  for (const part of parts) {
    for (const sample of part) {
      view.setInt16(offset, sample, true);
      offset += 2;
    }
  }
  return file;
}
