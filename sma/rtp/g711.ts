/** PCMU: 14-bit samples in 8 bits (ITU-T G.711 table 2a; RFC 3551 §4.5.14). */

/** Samples in a second, and in one packet of 20 ms. */
export const SAMPLE_RATE = 8_000;
export const PACKET_MS = 20;
export const PACKET_SAMPLES = (SAMPLE_RATE * PACKET_MS) / 1_000;
/** Silence. */
export const SILENCE = 0xff;

const BIAS = 0x84;
const CLIP = 32_635;

/** From a 16-bit sample. */
export function toMuLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
  // The segment is where the highest bit stands: bit 7 is segment 0.
  const exponent = 31 - Math.clz32(magnitude) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}
