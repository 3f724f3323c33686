import { createHmac, timingSafeEqual } from 'node:crypto';

const TIME_BYTES = 6;
export const NONCE_RANDOM_BYTES = 8;
const MAC_BYTES = 16;
const BODY_BYTES = TIME_BYTES + NONCE_RANDOM_BYTES;

/**
 * A nonce that nobody has to remember: the time it was issued, eight random bytes, and an HMAC over both and the
 * scope, which says where it is good, so that any server with the same key knows its own (RFC 7616 §5.4).
 */
export function issueNonce(key: Uint8Array, scope: string, nowMs: number, randomBytes: Uint8Array): string {
  const body = Buffer.alloc(BODY_BYTES);
  body.writeUIntBE(Math.floor(nowMs), 0, TIME_BYTES);
  body.set(randomBytes.subarray(0, NONCE_RANDOM_BYTES), TIME_BYTES);
  return Buffer.concat([body, macOf(key, scope, body)]).toString('base64url');
}

/** When the nonce was issued, in milliseconds since the Unix epoch; `undefined` where it is not one of ours. */
export function nonceIssuedAt(key: Uint8Array, scope: string, nonce: string): number | undefined {
  const bytes = Buffer.from(nonce, 'base64url');
  if (bytes.length !== BODY_BYTES + MAC_BYTES || bytes.toString('base64url') !== nonce) return undefined;
  const body = bytes.subarray(0, BODY_BYTES);
  if (!timingSafeEqual(bytes.subarray(BODY_BYTES), macOf(key, scope, body))) return undefined;
  return body.readUIntBE(0, TIME_BYTES);
}

const macOf = (key: Uint8Array, scope: string, body: Buffer): Buffer =>
  createHmac('sha256', key).update(body).update(scope).digest().subarray(0, MAC_BYTES);
