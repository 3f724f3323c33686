import type { Scanner } from '../grammar/scanner.ts';
import { HeaderType } from './type.ts';

const numberHeader = (name: string, limit: number) =>
  new HeaderType(name, scanner => scanner.integer(name, limit));

/** Seconds in headers go up to 2^32 - 1 (RFC 3261 §20.19). */
export const MAX_DELTA_SECONDS = 2 ** 32 - 1;

/** A number of seconds; one that is too large means the longest time there is (RFC 4475 §3.1.2.4). */
export const readSeconds = (scanner: Scanner, what: string): number =>
  Math.min(scanner.digits(what), MAX_DELTA_SECONDS);

const secondsHeader = (name: string) => new HeaderType(name, scanner => readSeconds(scanner, name));

export const MAX_FORWARDS = numberHeader('Max-Forwards', 255);
/** In bytes. */
export const CONTENT_LENGTH = numberHeader('Content-Length', Number.MAX_SAFE_INTEGER);
/** In seconds. */
export const EXPIRES = secondsHeader('Expires');
/** In seconds. */
export const MIN_EXPIRES = secondsHeader('Min-Expires');
/** RFC 3262 §7.1: 1 to 2^32 - 1. */
export const RSEQ = numberHeader('RSeq', 2 ** 32 - 1);
