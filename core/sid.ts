/**
 * Identifiers. One 128-bit value has several spellings: `CA…`/`AC…` with 32 hex digits, a UUID, and for an account
 * Plivo's auth id: `MA` with 25 digits of base 36.
 *
 * A root call's last 16 bits are zero; the calls that it dials count up in them. So the root of any call is
 * known from its SID, and no index has to say where a dialled call is stored. The calls of one request count up in the
 * bits before.
 */
import type { Random } from './random.ts';

const CHILD_HEX_DIGITS = 4;
export const MAX_CHILD_CALLS = 16 ** CHILD_HEX_DIGITS - 1;

export type SidPrefix = 'AC' | 'AP' | 'CA' | 'CL' | 'PN' | 'RT';

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');

/** A new SID of 128 random bits. */
export function newSid(prefix: SidPrefix, random: Random): string {
  return prefix + hex(random.bytes(16));
}

/** 128 random bits as a UUID. */
export function newUuid(random: Random): string {
  return toUuid(`..${hex(random.bytes(16))}`);
}

/** A new root call's SID. */
export function newCallSid(random: Random): string {
  return rootSid(newSid('CA', random));
}

/** The SID of an inbound call: its transaction's identifier, so that a repeated first event makes no second call. */
export function callSidOfTransaction(transactionId: string): string {
  return rootSid(`CA${transactionId.replaceAll('-', '').toLowerCase()}`);
}

/** The SID of the call that a call belongs to; its own for a root call. */
export function rootSid(callSid: string): string {
  return callSid.slice(0, -CHILD_HEX_DIGITS) + '0'.repeat(CHILD_HEX_DIGITS);
}

/** The SID of the n-th call that a root call dials, n ≥ 1. */
export function childSid(root: string, n: number): string {
  if (n < 1 || n > MAX_CHILD_CALLS) throw new RangeError(`A call dials at most ${MAX_CHILD_CALLS} others.`);
  return root.slice(0, -CHILD_HEX_DIGITS) + n.toString(16).padStart(CHILD_HEX_DIGITS, '0');
}

/** The SID of the n-th call, n ≥ 1, after the first one that a request placed: they count up in front of the last 16 bits. */
export function siblingSid(first: string, n: number): string {
  const counted = first.slice(2, -CHILD_HEX_DIGITS);
  const next = (BigInt(`0x${counted}`) + BigInt(n)) % 16n ** BigInt(counted.length);
  return rootSid(`CA${next.toString(16).padStart(counted.length, '0')}${'0'.repeat(CHILD_HEX_DIGITS)}`);
}

/** Which of its root's dialled calls a call is, from 1; 0 for a root call. */
export function childIndex(callSid: string): number {
  return Number.parseInt(callSid.slice(-CHILD_HEX_DIGITS), 16);
}

/** `AC0123…` → `01234567-89ab-…`: the same 128 bits as a UUID. */
export function toUuid(sid: string): string {
  return sid.slice(2).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** 36 to the power of 25 is the first above 2 to the power of 128. */
const AUTH_ID_DIGITS = 25;

/** `AC0123…` → `MA…`: the same 128 bits in upper-case base 36. */
export function toAuthId(accountSid: string): string {
  const digits = BigInt(`0x${accountSid.slice(2)}`)
    .toString(36)
    .toUpperCase();
  return `MA${digits.padStart(AUTH_ID_DIGITS, '0')}`;
}

function fromAuthId(text: string): string | undefined {
  const value = [...text.slice(2)].reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n);
  const hex = value.toString(16).padStart(32, '0');
  return hex.length === 32 ? `AC${hex}` : undefined;
}

const AUTH_ID = new RegExp(`^MA[0-9A-Z]{${AUTH_ID_DIGITS}}$`);
const SID = /^[A-Z]{2}[0-9a-f]{32}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Any spelling → the SID with that prefix; undefined for anything else. */
export function parseSid(prefix: SidPrefix, text: string): string | undefined {
  if (prefix === 'AC' && AUTH_ID.test(text)) return fromAuthId(text);
  if (SID.test(text)) return text.startsWith(prefix) ? text : undefined;
  return UUID.test(text) ? prefix + text.replaceAll('-', '').toLowerCase() : undefined;
}
