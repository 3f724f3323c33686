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

/** The look-ups for one request. One that fails is one place less (RFC 3263 §4.3); it is told if nothing else was found. */
class Lookups {
  failure: unknown;

  async of<Answer>(answer: Promise<readonly Answer[]>): Promise<readonly Answer[]> {
    try {
      return await answer;
    } catch (error) {
      this.failure ??= error;
      return [];
    }
  }
}

interface Question {
  readonly host: string;
  readonly port: number | undefined;
  readonly secure: boolean;
  readonly named: Protocol | undefined;
  /** By which protocol, and where, if there are no services. */
  readonly usual: Omit<Target, 'address'>;
}

/** A resolver as RFC 3263 §4 has it. */
export function createResolver(options: ResolverOptions = {}): Resolver {
  const dns = options.dns ?? systemDns;
  const random = options.random ?? systemRandom;
  const spoken = new Set<Protocol>(options.spoken ?? ['UDP', 'TCP', 'TLS']);

  async function* addresses(
    lookups: Lookups,
    name: string,
    where: Omit<Target, 'address'>,
  ): AsyncGenerator<Target> {
    for (const address of await lookups.of(dns.a(name))) yield { ...where, address };
    for (const address of await lookups.of(dns.aaaa(name))) yield { ...where, address };
  }

  /** RFC 3263 §4.1: which services to ask for, best first. */
  async function choices({ host, secure, named }: Question) {
    const allowed = named ? [named] : secure ? (['TLS'] as const) : [...spoken];
    const fromNaptr = named ? [] : naptrOrder(await dns.naptr(host).catch(() => []), new Set(allowed));
    if (fromNaptr.length > 0) return fromNaptr;
    return allowed.map(protocol => ({ protocol, name: `${srvPrefixes[protocol]}${host}` }));
  }

  async function* found(question: Question, lookups: Lookups): AsyncGenerator<Target> {
    const { host, usual } = question;
    let hasServices = false;
    for (const { protocol, name } of question.port === undefined ? await choices(question) : []) {
      const records = await lookups.of(dns.srv(name));
      hasServices ||= records.length > 0;
      for (const { name, port } of srvOrder(records, random))
        if (port !== 0) yield* addresses(lookups, name, { protocol, port, host });
    }
    // RFC 3263 §4.2: with a port, or without SRV records, the address records of the name itself.
    if (!hasServices) yield* addresses(lookups, host, usual);
  }

  async function* lookedUp(question: Question): AsyncGenerator<Target> {
    const lookups = new Lookups();
    let isFound = false;
    for await (const target of found(question, lookups)) {
      isFound = true;
      yield target;
    }
    if (!isFound && lookups.failure !== undefined) throw lookups.failure;
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
      return isIP(host) ? [target] : lookedUp({ host, port: destination.port, secure, named, usual: target });
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
