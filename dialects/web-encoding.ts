/** How requests to customers' servers are put together; shared by every dialect that speaks forms. */
import type { WebTarget } from '../core/call.ts';
import type { Pairs } from './dialect.ts';

/** application/x-www-form-urlencoded with RFC 3986 escapes: a space is %20 and a plus %2B, which every receiver reads alike. */
export function encodeForm(pairs: Pairs): string {
  return pairs.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&');
}

const escaped = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, mark => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

/** Adds parameters after those that the URL has already; its fragment, if any, stays at its end. */
export function withQuery(url: string, pairs: Pairs): string {
  if (pairs.length === 0) return url;
  const [, head = '', fragment = ''] = /^([^#]*)(#.*)?$/s.exec(url) ?? [];
  const joint = !head.includes('?') ? '?' : head.endsWith('?') || head.endsWith('&') ? '' : '&';
  return head + joint + encodeForm(pairs) + fragment;
}

/** A form for a POST, a longer query for a GET. */
export function formRequest(target: WebTarget, pairs: Pairs): { url: string; body?: string } {
  return target.method === 'GET'
    ? { url: withQuery(target.url, pairs) }
    : { url: target.url, body: encodeForm(pairs) };
}

/** `Thu, 04 Apr 2024 18:32:15 +0000` (RFC 2822, always UTC). */
export function rfc2822(epochMs: number): string {
  return new Date(epochMs).toUTCString().replace('GMT', '+0000');
}
