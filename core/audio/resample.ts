import type { Sound } from './sound.ts';

/** How far below full scale what must not be heard is kept: below the noise of G.711, which is at 38 dB. */
const STOP_BAND_DB = 70;
/** The pass band ends here and the stop band begins there, as parts of the lower half rate: 3,400 and 4,200 Hz at 8 kHz. */
const PASS_BAND_END = 0.85;
const STOP_BAND_BEGIN = 1.05;
/** Positions between two samples for which the filter is made; nearest is at -77 dB for 44.1 kHz. */
const MAX_PHASES = 1_024;

/**
 * The sound at another rate, by a polyphase low-pass filter (a sinc under a Kaiser window). What is below 85 % of half
 * the lower rate keeps its level; what would come back as an alias below that is 70 dB down.
 */
export function resample({ rateHz, blocks }: Sound, toRateHz: number): Sound {
  if (rateHz === toRateHz) return { rateHz, blocks };
  return { rateHz: toRateHz, blocks: resampled(blocks, rateHz, toRateHz) };
}

function* resampled(blocks: Iterable<Float32Array>, fromHz: number, toHz: number): Generator<Float32Array> {
  const { phases, reach } = filterFor(fromHz, toHz);
  const taps = 2 * reach;
  // Input and output meet at multiples of this: the position of output sample n is n * step / parts.
  const common = greatestCommonDivisor(Math.round(fromHz), toHz);
  const step = Math.round(fromHz) / common;
  const parts = toHz / common;

  let window = new Float32Array(reach - 1); // silence before the beginning
  let position = 0; // of the next output sample in the window, after `reach - 1` samples, in parts of a sample
  function* emit(block: Float32Array): Generator<Float32Array> {
    window = concatenated(window, block);
    const available = Math.max(0, Math.ceil(((window.length - taps) * parts - position) / step));
    const output = new Float32Array(available);
    for (let index = 0; index < available; index++, position += step) {
      const nearest = Math.round(((position % parts) / parts) * phases.length);
      const carried = nearest === phases.length ? 1 : 0;
      const start = Math.floor(position / parts) + carried;
      const phase = phases[carried ? 0 : nearest] as Float32Array;
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) sum += (phase[tap] as number) * (window[start + tap] as number);
      output[index] = sum;
    }
    const used = Math.min(window.length, Math.floor(position / parts));
    window = window.subarray(used);
    position -= used * parts;
    yield output;
  }
  for (const block of blocks) yield* emit(block);
  yield* emit(new Float32Array(reach + 1)); // silence after the end
}

/** One row of coefficients for each position between two input samples; each row reaches as many samples back as ahead. */
function filterFor(fromHz: number, toHz: number): { phases: Float32Array[]; reach: number } {
  const halfRate = Math.min(fromHz, toHz) / 2;
  const cutoff = ((PASS_BAND_END + STOP_BAND_BEGIN) / 2) * (halfRate / fromHz); // in cycles a sample
  const transition = (STOP_BAND_BEGIN - PASS_BAND_END) * (halfRate / fromHz);
  // Kaiser's formulas for the length and shape of the window (Oppenheim, Schafer: Discrete-Time Signal Processing §7.5.3).
  const reach = Math.ceil((STOP_BAND_DB - 7.95) / (2.285 * 2 * Math.PI * transition) / 2);
  const beta = 0.1102 * (STOP_BAND_DB - 8.7);
  const count = Math.min(MAX_PHASES, toHz / greatestCommonDivisor(Math.round(fromHz), toHz));

  const phases = Array.from({ length: count }, (_, phase) => {
    const row = Float32Array.from({ length: 2 * reach }, (_, tap) => {
      const distance = tap - (reach - 1) - phase / count;
      const edge = distance / reach;
      return (
        sinc(2 * cutoff * distance) * (Math.abs(edge) >= 1 ? 0 : besselI0(beta * Math.sqrt(1 - edge * edge)))
      );
    });
    const gain = row.reduce((sum, coefficient) => sum + coefficient, 0);
    return row.map(coefficient => coefficient / gain);
  });
  return { phases, reach };
}

function concatenated(head: Float32Array, tail: Float32Array): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The modified Bessel function of order 0, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  for (let k = 1, term = 1; term > sum * 1e-9; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
