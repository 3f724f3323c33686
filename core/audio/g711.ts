/**
 * G.711 (ITU-T Rec. G.711, 11/1988): what each of the 256 codes of µ-law and A-law stands for, as 16-bit linear PCM.
 * A code is a sign, three bits that choose one of eight segments, each twice as steep as the one before, and four bits
 * within it; values are the middles of their intervals (tables 1a to 2b, times 8 for A-law and times 4 for µ-law).
 */

/** µ-law, transmitted with all bits inverted (§3.2). */
export const muLawToLinear: Int16Array = Int16Array.from({ length: 256 }, (_, code) => {
  const { isPositive, segment, step } = parts(code ^ 0xff, false);
  const magnitude = (((step << 1) + 33) << segment) - 33;
  return (isPositive ? magnitude : -magnitude) * 4;
});

/** A-law, transmitted with its even bits inverted (§3.2). */
export const aLawToLinear: Int16Array = Int16Array.from({ length: 256 }, (_, code) => {
  const { isPositive, segment, step } = parts(code ^ 0x55, true);
  const magnitude = segment === 0 ? (step << 1) + 1 : ((step << 1) + 33) << (segment - 1);
  return (isPositive ? magnitude : -magnitude) * 8;
});

function parts(bits: number, signBitIsPositive: boolean) {
  return {
    isPositive: ((bits & 0x80) !== 0) === signBitIsPositive,
    segment: (bits >> 4) & 7,
    step: bits & 15,
  };
}
