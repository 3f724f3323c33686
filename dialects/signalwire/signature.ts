/**
 * Signatures of requests to customers' servers, as both vendors' validators check them: base64 of the HMAC-SHA1,
 * under the account's auth token, of the URL followed by each form field's name and value in the order of the names.
 */
import { createHmac } from 'node:crypto';
import type { Pairs } from '../dialect.ts';

/** One value in two headers: each vendor's validator looks at its own. */
export const SIGNATURE_HEADERS = ['x-signalwire-signature', 'x-twilio-signature'] as const;

/** The URL in the spelling in which it is sent: host in lower case, at least `/` for a path, escapes where they belong. */
export function wireUrl(url: string): string {
  return new URL(url).href;
}

/** What of a URL is signed: all that its receiver sees, so neither credentials nor fragment. */
export function signedUrl(url: string): string {
  const signed = new URL(url);
  signed.username = '';
  signed.password = '';
  signed.hash = '';
  return signed.href;
}

/** `form` holds the fields of a POST; empty for a GET, whose parameters are in the URL. */
export function sign(authToken: string, url: string, form: Pairs): string {
  const fields = form.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).flat();
  return createHmac('sha1', authToken)
    .update(signedUrl(url) + fields.join(''))
    .digest('base64');
}
