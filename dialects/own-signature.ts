/**
 * Signatures of requests to customers' servers, where a dialect has none of its own: `Dialplane-Signature: t=<epoch seconds>,v1=<hex>`, where v1 is the HMAC-SHA256 of
 * `<t>.<url>.<body>` under the account's auth token. The time is signed too, so that a copy cannot be sent later.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export const SIGNATURE_HEADER = 'dialplane-signature';
/** How old a signature may be before its receiver should refuse it. */
export const SIGNATURE_TOLERANCE_SECONDS = 300;

interface Signable {
  authToken: string;
  /** As it was requested, with its query. */
  url: string;
  body: string;
  nowMs: number;
}

/** A URL as its server sees it, which its signature has to fit: with a path; without credentials and fragment. */
export function asSeen(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  url.hash = '';
  return url.href;
}

export function sign({ authToken, url, body, nowMs }: Signable): string {
  const time = Math.floor(nowMs / 1000);
  return `t=${time},v1=${digest(authToken, time, url, body)}`;
}

/** True when the header signs just this request, not longer ago than the tolerance. */
export function verify(header: string, { authToken, url, body, nowMs }: Signable): boolean {
  const [, time = '', signature = ''] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  if (signature === '' || Math.abs(nowMs / 1000 - Number(time)) > SIGNATURE_TOLERANCE_SECONDS) return false;
  const expected = digest(authToken, Number(time), url, body);
  return timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
}

function digest(authToken: string, time: number, url: string, body: string): string {
  return createHmac('sha256', authToken).update(`${time}.${url}.${body}`).digest('hex');
}
