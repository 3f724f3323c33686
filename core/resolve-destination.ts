/** Where a dialled text leads, once the account's routes, trunks and clients are known. */
import { CLIENT_NAME } from './client.ts';
import { E164 } from './destination.ts';
import { isDialled } from './number-pattern.ts';
import { type Route, rewritten, routeOf } from './route.ts';
import type { Codec, SipTarget, SipTransport } from './sip-target.ts';
import { readSipUri } from './sip-uri.ts';
import { type Trunk, trunkUri } from './trunk.ts';

/** What a destination can depend on: an account's own. */
export interface Directory {
  routes: readonly Route[];
  trunks: readonly Trunk[];
  /** The clients' names. */
  clients: { has(name: string): boolean };
  /** The account's own numbers. */
  numbers: { has(number: string): boolean };
  /** Those of other accounts. */
  othersNumbers?: { has(number: string): boolean };
}

/** For addresses that do not say; each dialect has its own. */
export interface SipDefaults {
  transport: SipTransport;
  codecs: Codec[];
}

/** A SIP address to be dialled; its headers are what was asked for, within the trunk's policy. */
export type ResolvedTarget = Omit<SipTarget, 'headers'>;

export type ResolvedDestination =
  /** The telephone network. */
  | { kind: 'pstn'; number: string }
  /**
   * `trunk` is what it goes over: see `trunkHeaders` and `mayShow`. An address that was dialled itself has none, but
   * perhaps `headers`, which it asks for after its question mark.
   */
  | { kind: 'sip'; target: ResolvedTarget; trunk?: Trunk; headers: [name: string, value: string][] }
  /** A client of the account's, which may be registered or not. */
  | { kind: 'client'; name: string }
  /** It must not, or cannot, be dialled. The reason is a sentence for whoever dialled. */
  | { kind: 'refused'; reason: string }
  /** Neither a number that leads somewhere, nor an address, nor a client. */
  | { kind: 'unknown' };

export const EMPTY_DIRECTORY: Directory = {
  routes: [],
  trunks: [],
  clients: new Set<string>(),
  numbers: new Set<string>(),
};

const CLIENT = /^client:(.*)$/is;
const SIP = /^sips?:/i;

/**
 * A `sip:` address leads to itself, and `client:name` to the client. A number follows the account's first route that
 * matches; without one, E.164 is the telephone network's.
 */
export function resolveDestination(
  to: string,
  directory: Directory,
  defaults: SipDefaults,
): ResolvedDestination {
  if (SIP.test(to)) return address(to, defaults);
  const client = clientOf(to);
  if (client !== undefined)
    return directory.clients.has(client) ? { kind: 'client', name: client } : { kind: 'unknown' };
  if (!isDialled(to)) return { kind: 'unknown' };
  const route = routeOf(to, directory.routes);
  if (route !== undefined) return along(route, to, directory);
  return E164.test(to) ? { kind: 'pstn', number: to } : { kind: 'unknown' };
}

/** The name in `client:name`; undefined for anything else. */
export function clientOf(to: string): string | undefined {
  const name = CLIENT.exec(to)?.[1];
  return name !== undefined && CLIENT_NAME.test(name) ? name : undefined;
}

function address(text: string, defaults: SipDefaults): ResolvedDestination {
  const read = readSipUri(text);
  // The text itself is not repeated: it may hold a password.
  if ('fault' in read) return { kind: 'refused', reason: `The address ${read.fault}.` };
  const { uri, headers, transport = defaults.transport } = read;
  return { kind: 'sip', target: { kind: 'sip', uri, transport, codecs: [...defaults.codecs] }, headers };
}

function along(route: Route, to: string, { trunks }: Directory): ResolvedDestination {
  const { end } = route;
  if (end.kind === 'refuse') return { kind: 'refused', reason: end.reason };
  const number = rewritten(to, route);
  if (number === undefined || (end.kind === 'pstn' && !E164.test(number))) {
    const wanted = end.kind === 'pstn' ? 'a number in E.164 form' : 'a number that can be dialled';
    return { kind: 'refused', reason: `Route ${route.id} does not make ${wanted} of ${to}.` };
  }
  if (end.kind === 'pstn') return { kind: 'pstn', number };
  const trunk = trunks.find(({ name }) => name === end.trunk);
  if (trunk === undefined)
    return { kind: 'refused', reason: `Route ${route.id} leads to the trunk ${end.trunk}, which is gone.` };
  const { transport, codecs, credentials } = trunk;
  return {
    kind: 'sip',
    target: {
      kind: 'sip',
      uri: trunkUri(trunk, number),
      transport,
      codecs: [...codecs],
      ...(credentials && { credentials }),
    },
    trunk,
    headers: [],
  };
}
