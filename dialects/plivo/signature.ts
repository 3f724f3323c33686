/**
 * Signatures of requests to customers' servers, in all three versions that Plivo has had: each is base64 of an HMAC under
 * the account's auth token, and each is over another text (Plivo, "Signature Validation"; the validators of its SDKs).
 */
import { createHmac } from 'node:crypto';
import type { Pairs } from '../dialect.ts';

export interface Signable {
  authToken: string;
  method: 'GET' | 'POST';
  /** As its owner gave it; neither its fragment nor its credentials are signed. */
  url: string;
  /** What is said besides the URL's own query. */
  parameters: Pairs;
  /** Decimal digits. */
  nonce: string;
}

/** Whoever receives it finds the version that it knows. An account has no subaccounts: both tokens of V2 and V3 are its own. */
export function signatureHeaders(signable: Signable): Record<string, string> {
  const { nonce } = signable;
  const [v2, v3] = [signV2(signable), signV3(signable)];
  return {
    'x-plivo-signature': signV1(signable),
    'x-plivo-signature-v2': v2,
    'x-plivo-signature-ma-v2': v2,
    'x-plivo-signature-v2-nonce': nonce,
    'x-plivo-signature-v3': v3,
    'x-plivo-signature-ma-v3': v3,
    'x-plivo-signature-v3-nonce': nonce,
  };
}

/** The URL, then each parameter's name and value in the order of the names; HMAC-SHA1. */
export function signV1({ authToken, url, parameters }: Omit<Signable, 'nonce' | 'method'>): string {
  const { base, query } = parts(url);
  const written = query === undefined ? base : `${base}?${query}`;
  return createHmac('sha1', authToken)
    .update(written + concatenated(parameters))
    .digest('base64');
}

/** The URL without its query, then the nonce; HMAC-SHA256. */
export function signV2({ authToken, url, nonce }: Pick<Signable, 'authToken' | 'url' | 'nonce'>): string {
  return createHmac('sha256', authToken)
    .update(parts(url).base + nonce)
    .digest('base64');
}

/** The URL with its query in order, the parameters, a dot, the nonce; HMAC-SHA256. */
export function signV3({ authToken, method, url, parameters, nonce }: Signable): string {
  return createHmac('sha256', authToken)
    .update(`${textOfV3(method, url, parameters)}.${nonce}`)
    .digest('base64');
}

function textOfV3(method: Signable['method'], url: string, parameters: Pairs): string {
  const { base, query = '' } = parts(url);
  const own: Pairs = [...new URLSearchParams(query)];
  const asked = method === 'GET' ? [...own, ...parameters] : own;
  const inOrder = sorted(asked)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  if (method === 'GET' || parameters.length === 0) return inOrder === '' ? base : `${base}?${inOrder}`;
  return `${base}?${inOrder}${inOrder === '' ? '' : '.'}${concatenated(parameters)}`;
}

const concatenated = (parameters: Pairs) => sorted(parameters).flat().join('');

/** By name, and values of one name among themselves, both by code unit. */
export function sorted(pairs: Pairs): Pairs {
  return pairs.toSorted(([a, x], [b, y]) => compare(a, b) || compare(x, y));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Scheme, host, port and path as they were written, and the query. */
function parts(url: string): { base: string; query?: string } {
  const [, scheme = '', rest = '', query] =
    /^([a-z][a-z\d+.-]*:\/\/)(?:[^/?#@]*@)?([^?#]*)(?:\?([^#]*))?/i.exec(url) ?? [];
  return { base: scheme + rest, ...(query !== undefined && { query }) };
}
