import type { Addressed } from '../dialog/dialog.ts';
import { parseNameAddr } from '../dialog/parse.ts';
import { routed } from '../dialog/route.ts';
import { NameAddr } from '../header/name-addr.ts';
import { createRequest } from '../message/create.ts';
import { SipUri } from '../uri/sip-uri.ts';
import { parseUri } from '../uri/uri.ts';
import type { RequestOptions } from './options.ts';

/** What the agent puts into a request that says nothing else. */
export interface RequestDefaults {
  readonly from: string;
  readonly token: () => string;
}

const FIRST_SEQUENCE = 1;

/** A request outside a dialog (RFC 3261 §8.1.1), routed through the routes it names. */
export function outOfDialogRequest(options: RequestOptions, defaults: RequestDefaults): Addressed {
  const target = typeof options.uri === 'string' ? parseUri(options.uri) : options.uri;
  // RFC 3261 §19.1.5: headers of a URI are for whoever makes a request of it, never for the Request-URI.
  const bare = target.kind === 'sip' && target.headers.length > 0 ? target.with({ headers: [] }) : target;
  const { uri, routes, nextHop } = routed(bare, (options.routes ?? []).map(routeOf));
  const from = party(options.from ?? defaults.from);
  const { method, contentType, body, headers } = options;
  const request = createRequest({
    method,
    uri,
    routes,
    from: from.tag === undefined ? from.withParam('tag', defaults.token()) : from,
    to: options.to === undefined ? new NameAddr({ uri: addressOnly(bare) }) : party(options.to),
    callId: options.callId ?? `${defaults.token()}${defaults.token()}`,
    cseq: options.sequence ?? FIRST_SEQUENCE,
    maxForwards: options.maxForwards,
    ...(options.contact === undefined ? {} : { contact: options.contact }),
    headers,
    contentType,
    body,
  });
  return { request, nextHop: options.nextHop ?? nextHop, contactUser: options.contactUser };
}

/** A URI alone is taken whole: its `;lr` is no parameter of the header. */
function routeOf(route: string): NameAddr {
  return route.includes('<') ? parseNameAddr(route) : new NameAddr({ uri: parseUri(route) });
}

function party(value: string | NameAddr): NameAddr {
  return typeof value === 'string' ? parseNameAddr(value) : value;
}

/** RFC 3261 §19.1.1 table 1: neither port nor transport belongs into To. */
function addressOnly(uri: NameAddr['uri']): NameAddr['uri'] {
  if (!(uri instanceof SipUri)) return uri;
  return uri.with({
    port: undefined,
    params: uri.params.without('transport').without('maddr').without('ttl').without('lr').without('method'),
  });
}
