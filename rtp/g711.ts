/** PCMU and PCMA: 14- and 13-bit samples in 8 bits (ITU-T G.711 tables 2a and 1a; RFC 3551 §4.5.14). */

/** Samples in a second, and in one packet of 20 ms. */
export const SAMPLE_RATE = 8_000;
export const PACKET_MS = 20;
export const PACKET_SAMPLES = (SAMPLE_RATE * PACKET_MS) / 1_000;
/** Silence, in PCMU. */
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

/** To a 16-bit sample. */
export function fromMuLaw(code: number): number {
  const inverted = ~code & 0xff;
  const magnitude = ((((inverted & 0x0f) << 3) + BIAS) << ((inverted >> 4) & 7)) - BIAS;
  return inverted & 0x80 ? -magnitude : magnitude;
}

/** From a 16-bit sample. */
export function toALaw(sample: number): number {
  // One's complement, as G.711 has no negative zero to give away.
  const magnitude = (sample < 0 ? ~sample : sample) >> 4;
  // Segments 0 and 1 are equally wide: bit 4 is segment 1.
  const segment = Math.max(0, 28 - Math.clz32(magnitude));
  const code = (segment << 4) | ((magnitude >> Math.max(0, segment - 1)) & 0x0f);
  return (sample < 0 ? code : code | 0x80) ^ 0x55;
}

/** To a 16-bit sample, in the middle of its interval. */
export function fromALaw(code: number): number {
  const even = code ^ 0x55;
  const segment = (even >> 4) & 7;
  const mantissa = (even & 0x0f) << 4;
  const magnitude = segment === 0 ? mantissa + 8 : (mantissa + 0x108) << (segment - 1);
  return even & 0x80 ? magnitude : -magnitude;
}

const table = (convert: (code: number) => number) =>
  Uint8Array.from({ length: 256 }, (_, code) => convert(code));

/** Every PCMU code as PCMA, and the other way round. */
export const MU_TO_A: Uint8Array = table(code => toALaw(fromMuLaw(code)));
export const A_TO_MU: Uint8Array = table(code => toMuLaw(fromALaw(code)));

/** Converts each byte where it lies. */
export function convertInPlace(payload: Uint8Array, table: Uint8Array): void {
  for (let index = 0; index < payload.length; index++)
    payload[index] = table[payload[index] as number] as number;
}
