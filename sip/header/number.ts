import type { HeaderType } from './type.ts';

const numberHeader = (name: string, limit: number): HeaderType<number> => ({
  name,
  list: false,
  read: scanner => scanner.integer(name, limit),
});

/** Seconds in headers go up to 2^32 - 1 (RFC 3261 §20.19). */
export const MAX_DELTA_SECONDS = 2 ** 32 - 1;

export const MAX_FORWARDS = numberHeader('Max-Forwards', 255);
/** In bytes. */
export const CONTENT_LENGTH = numberHeader('Content-Length', Number.MAX_SAFE_INTEGER);
/** In seconds. */
export const EXPIRES = numberHeader('Expires', MAX_DELTA_SECONDS);
/** In seconds. */
export const MIN_EXPIRES = numberHeader('Min-Expires', MAX_DELTA_SECONDS);
/** RFC 3262 §7.1: 1 to 2^32 - 1. */
export const RSEQ = numberHeader('RSeq', 2 ** 32 - 1);
