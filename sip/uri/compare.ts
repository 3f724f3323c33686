import type { Params } from '../grammar/params.ts';
import { percentDecode } from '../grammar/text.ts';
import { canonicalHost } from './host.ts';
import type { SipUri } from './sip-uri.ts';

/** Parameters that, standing in only one of two URIs, make them different (RFC 3261 §19.1.4). */
const decisiveParams = ['transport', 'user', 'ttl', 'method', 'maddr'];

/** The comparison of RFC 3261 §19.1.4. */
export function equalSipUris(one: SipUri, other: SipUri): boolean {
  return (
    one.scheme === other.scheme &&
    userInfo(one) === userInfo(other) &&
    canonicalHost(one.host) === canonicalHost(other.host) &&
    one.port === other.port &&
    equalParams(one.params, other.params) &&
    equalHeaders(one, other)
  );
}

/**
 * User and password as written, but for escapes of characters that need none: those are the same as the character,
 * while an escaped reserved character ("%3B") is not the same as the bare one.
 */
function userInfo(uri: SipUri): string | undefined {
  if (uri.user === undefined) return undefined;
  const text = uri.toString();
  return text.slice(uri.scheme.length + 1, text.indexOf('@')).replace(/%[0-9a-f]{2}/gi, written => {
    const character = percentDecode(written);
    return /^[\w\-.!~*'()]$/.test(character) ? character : written.toUpperCase();
  });
}

function equalParams(one: Params, other: Params): boolean {
  if (decisiveParams.some(name => one.has(name) !== other.has(name))) return false;
  for (const [name, value] of one) {
    if (other.has(name) && other.get(name)?.toLowerCase() !== value?.toLowerCase()) return false;
  }
  return true;
}

/** Headers are never ignored; their order is. */
function equalHeaders(one: SipUri, other: SipUri): boolean {
  const key = (uri: SipUri): string =>
    JSON.stringify(uri.headers.map(([name, value]) => `${name.toLowerCase()}=${value}`).sort());
  return one.headers.length === other.headers.length && key(one) === key(other);
}
