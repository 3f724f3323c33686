import { randomFillSync } from 'node:crypto';

/**
 * Where the stack's randomness comes from: tags, branches, Call-IDs, back-off times and SRV weights. A
 * number in [0, 1), as `Math.random` gives it; a seeded source makes a whole call repeatable.
 */
export type Random = () => number;

const pool = new Uint32Array(4_096);
let taken = pool.length;

/** Unpredictable numbers, as RFC 3261 §19.3 asks for tags: from the system's generator, 16 kB at a time. */
export const systemRandom: Random = () => {
  if (taken === pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  return (pool[taken++] as number) / 2 ** 32;
};

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** A token of `length` letters and digits (about 5 bits each); 13 of them hold RFC 3261 §19.3's 32 bits twice. */
export function randomToken(random: Random, length = 13): string {
  const codes: number[] = [];
  for (let index = 0; index < length; index++)
    codes.push(ALPHABET.charCodeAt(Math.floor(random() * ALPHABET.length)));
  return String.fromCharCode(...codes);
}

/** A whole number from `least` to `most`, both included. */
export function randomInteger(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}

/** So many bytes. */
export function randomBytes(random: Random, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => randomInteger(random, 0, 255));
}
