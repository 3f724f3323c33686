import { NameAddr } from '../header/name-addr.ts';
import type { SipUri } from '../uri/sip-uri.ts';
import type { Uri } from '../uri/uri.ts';

/** How a request is addressed through a route set. */
export interface Routing {
  /** The Request-URI. */
  readonly uri: Uri;
  readonly routes: readonly NameAddr[];
  /** What is resolved to find the next hop. */
  readonly nextHop: Uri;
}

/**
 * Addresses a request to `target` through `routeSet` (RFC 3261 §12.2.1.1): a loose router stays in Route; a strict
 * one becomes the Request-URI, and the target goes last.
 */
export function routed(target: Uri, routeSet: readonly NameAddr[]): Routing {
  const [first, ...rest] = routeSet;
  if (first === undefined) return { uri: target, routes: [], nextHop: target };
  if (first.uri.kind !== 'sip' || first.uri.looseRouting)
    return { uri: target, routes: routeSet, nextHop: first.uri };
  const uri = requestUriFrom(first.uri);
  return { uri, routes: [...rest, new NameAddr({ uri: target })], nextHop: uri };
}

/** RFC 3261 §19.1.1: neither `method` nor headers may stand in a Request-URI. */
function requestUriFrom(uri: SipUri): SipUri {
  return uri.with({ params: uri.params.without('method'), headers: [] });
}
