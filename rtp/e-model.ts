/**
 * From what was measured to a mean opinion score: the E-model (ITU-T G.107) with every parameter that the network
 * does not measure at its default, which leaves
 *
 *     R   = 93.2 − Id − Ie,eff
 *     Id  = 0.024·d + 0.11·(d − 177.3) where d > 177.3      one-way delay, ms
 *     Ie,eff = Ie + (95 − Ie)·Ppl / (Ppl + Bpl)              random loss, %
 *     MOS = 1 + 0.035·R + R·(R − 60)·(100 − R)·7·10⁻⁶        1 for R ≤ 0
 *
 * For G.711, Ie = 0 and Bpl = 25.1 with packet loss concealment (G.113 table I.4).
 *
 * | delay | loss | R | MOS |
 * |---|---|---|---|
 * | 0 ms | 0 % | 93.2 | 4.41 |
 * | 100 ms | 0 % | 90.8 | 4.36 |
 * | 100 ms | 1 % | 87.2 | 4.26 |
 * | 100 ms | 5 % | 75.0 | 3.82 |
 * | 300 ms | 5 % | 56.7 | 2.93 |
 * | 100 ms | 20 % | 48.7 | 2.51 |
 */
export function ratingFactor({ delayMs, lossPercent }: Impairments): number {
  const delayImpairment = 0.024 * delayMs + 0.11 * Math.max(0, delayMs - 177.3);
  const lossImpairment = (95 * lossPercent) / (lossPercent + G711_LOSS_ROBUSTNESS);
  return Math.max(0, BEST_RATING - delayImpairment - lossImpairment);
}

export function opinionScore(impairments: Impairments): number {
  const r = ratingFactor(impairments);
  return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
}

export interface Impairments {
  /** One way, from mouth to ear. */
  delayMs: number;
  lossPercent: number;
}

const BEST_RATING = 93.2;
const G711_LOSS_ROBUSTNESS = 25.1;
