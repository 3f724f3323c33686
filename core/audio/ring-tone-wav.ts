import type { RingTone } from '../ring-tone.ts';
import { TELEPHONY_RATE_HZ } from './limits.ts';
import { wavFile } from './wav-file.ts';

/** Of full scale: some -9 dBm0, as loud as ring tones are (ITU-T E.180 §6). */
const LEVEL = 0.25;

/** One turn of a ring tone's cadence as the WAV that the voice service repeats: PCM, 16 bit, mono, 8 kHz. */
export function ringToneWav({ hz, swellHz, cadenceMs }: RingTone): Uint8Array {
  const parts = cadenceMs.map((lengthMs, index) => {
    const samples = new Int16Array((lengthMs * TELEPHONY_RATE_HZ) / 1_000);
    const isSound = index % 2 === 0;
    return isSound ? samples.map((_, at) => 0x7fff * LEVEL * sampleAt(at / TELEPHONY_RATE_HZ)) : samples;
  });
  return wavFile(parts);

  function sampleAt(seconds: number): number {
    const sum = hz.reduce((total, each) => total + Math.sin(2 * Math.PI * each * seconds), 0) / hz.length;
    const swell = swellHz === undefined ? 1 : (1 + Math.sin(2 * Math.PI * swellHz * seconds)) / 2;
    return sum * swell;
  }
}
