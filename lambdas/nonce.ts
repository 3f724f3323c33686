import type { Random } from '../core/random.ts';

const NONCE_DIGITS = 20;
const NONCE_BYTES = 16;

/** 20 decimal digits: as many as the dialects' own platforms have. */
export function newNonce(random: Random): string {
  const value = BigInt(`0x${Buffer.from(random.bytes(NONCE_BYTES)).toString('hex')}`);
  return String(value % 10n ** BigInt(NONCE_DIGITS)).padStart(NONCE_DIGITS, '0');
}
