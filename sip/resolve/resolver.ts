import { isIP } from 'node:net';
import { type Random, systemRandom } from '../random.ts';
import { type Protocol, protocols, type Target } from '../transport/transport.ts';
import { type Dns, systemDns } from './dns.ts';
import { naptrOrder } from './naptr.ts';
import { srvOrder } from './srv.ts';

/** What of a URI decides where a request goes. */
export interface Destination {
  /** `sips` allows TLS only. */
  readonly secure: boolean;
  /** Name or address; IPv6 with or without brackets. */
  readonly host: string;
  readonly port?: number | undefined;
  /** The `transport` parameter. */
  readonly transport?: string | undefined;
  /** It is the far end of a flow: whoever has come from there, whatever its name. */
  readonly isFlow?: boolean | undefined;
}

/** The places to try, in order, each looked up when it is its turn. Those that need no look-up are there at once. */
export type Targets = Iterable<Target> | AsyncIterable<Target>;

/** RFC 3263 for clients: from a URI to the places to try. */
export interface Resolver {
  targets(destination: Destination): Targets;
}

/** A resolver's settings. */
export interface ResolverOptions {
  readonly dns?: Dns;
  readonly random?: Random;
  /** The protocols that there is a transport for. All by default. */
  readonly spoken?: Iterable<Protocol>;
}

const srvPrefixes: Readonly<Record<Protocol, string>> = {
  UDP: '_sip._udp.',
  TCP: '_sip._tcp.',
  TLS: '_sips._tcp.',
};

/** Protocols in the order of preference where nobody names one. */
const usual: readonly Protocol[] = ['UDP', 'TCP', 'TLS'];

/** A resolver as RFC 3263 §4 has it. */
export function createResolver(options: ResolverOptions = {}): Resolver {
  const dns = options.dns ?? systemDns;
  const random = options.random ?? systemRandom;
  const spoken = new Set<Protocol>(options.spoken ?? ['UDP', 'TCP', 'TLS']);

  async function* addresses(
    name: string,
    port: number,
    protocol: Protocol,
    host: string,
  ): AsyncGenerator<Target> {
    for (const address of await dns.a(name)) yield { protocol, address, port, host };
    for (const address of await dns.aaaa(name)) yield { protocol, address, port, host };
  }

  async function* services(name: string, protocol: Protocol, host: string): AsyncGenerator<Target> {
    for (const record of srvOrder(await dns.srv(name), random))
      if (record.port !== 0) yield* addresses(record.name, record.port, protocol, host);
  }

  /** RFC 3263 §4.1: which services to ask for, best first. */
  async function choices(host: string, named: Protocol | undefined, secure: boolean) {
    const allowed = named ? [named] : secure ? (['TLS'] as const) : [...spoken];
    const fromNaptr = named ? [] : naptrOrder(await dns.naptr(host).catch(() => []), new Set(allowed));
    if (fromNaptr.length > 0) return fromNaptr;
    return allowed.map(protocol => ({ protocol, name: `${srvPrefixes[protocol]}${host}` }));
  }

  async function* lookedUp(
    host: string,
    { port, secure }: Destination,
    named: Protocol | undefined,
    fallback: Target,
  ): AsyncGenerator<Target> {
    const { protocol: usual, port: usualPort } = fallback;
    if (port !== undefined) {
      yield* addresses(host, port, usual, host);
      return;
    }
    let found = false;
    for (const { protocol, name } of await choices(host, named, secure))
      for await (const target of services(name, protocol, host)) {
        found = true;
        yield target;
      }
    // RFC 3263 §4.2: without SRV records, the address records of the name itself.
    if (!found) yield* addresses(host, usualPort, usual, host);
  }

  return {
    targets(destination) {
      const { secure, host: written } = destination;
      const host = written.startsWith('[') ? written.slice(1, -1) : written;
      const named = namedProtocol(destination);
      // Nobody listens at port 0 (RFC 6335 §6).
      if (named === false || destination.port === 0) return [];
      // RFC 3263 §4.1: UDP where nothing is said, if it is spoken at all.
      const protocol = named ?? (secure ? 'TLS' : (usual.find(one => spoken.has(one)) ?? 'UDP'));
      const port = destination.port ?? protocols[protocol].defaultPort;
      const target = { protocol, address: host, port, host: destination.isFlow ? undefined : host };
      return isIP(host) ? [target] : lookedUp(host, destination, named, target);
    },
  };
}

/** What the transport parameter asks for; false for what is not spoken, as `ws` or `sips` over UDP. */
function namedProtocol({ secure, transport }: Destination): Protocol | undefined | false {
  const name = transport?.toUpperCase();
  if (name === undefined) return undefined;
  if (secure) return name === 'TCP' || name === 'TLS' ? 'TLS' : false;
  return name === 'UDP' || name === 'TCP' || name === 'TLS' ? name : false;
}
