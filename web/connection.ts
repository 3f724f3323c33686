import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, rootCertificates, type TLSSocket } from 'node:tls';
import type { AddressGuard } from '../core/network/address-guard.ts';
import { type Attempt, within } from './attempt.ts';
import type { Lookup } from './client.ts';
import { AddressRefusedError, ConnectError, DnsError, TlsError, WebError } from './errors.ts';

/** What connections are made with. */
export interface ConnectionTools {
  readonly guard: AddressGuard;
  readonly lookup: Lookup;
  readonly trustedCertificates: readonly string[];
}

/** Where to connect. */
export interface Endpoint {
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

/**
 * Opens a connection to an address that the guard lets pass. The name is resolved once, every address of the answer is
 * checked, the connection goes to one of those very addresses, and the peer is checked once more before a byte is
 * sent: a name that changes its address in between (DNS rebinding) gains nothing.
 *
 * @throws {AddressRefusedError | DnsError | ConnectError | TlsError}
 */
export async function openConnection(
  endpoint: Endpoint,
  tools: ConnectionTools,
  attempt: Attempt,
): Promise<Socket> {
  const { clock, limits, timings } = attempt;
  const startedMs = clock.now();
  const addresses = await resolve(endpoint, tools, attempt);
  timings.dnsMs = clock.now() - startedMs;

  const leftMs = Math.max(0, limits.connectMs - timings.dnsMs);
  const plain = await openTcp(endpoint, addresses, leftMs, attempt);
  timings.connectMs = clock.now() - startedMs - timings.dnsMs;
  try {
    assertReachable(endpoint.host, [peerOf(plain, endpoint)], tools.guard);
  } catch (error) {
    plain.destroy();
    throw error;
  }
  if (!endpoint.secure) return plain;

  const secured = await openTls(endpoint, plain, tools, attempt);
  timings.tlsMs = clock.now() - startedMs - timings.dnsMs - timings.connectMs;
  return secured;
}

async function resolve({ host }: Endpoint, tools: ConnectionTools, attempt: Attempt): Promise<string[]> {
  const addresses = isIP(host) === 0 ? await resolveName(host, tools.lookup, attempt) : [host];
  assertReachable(host, addresses, tools.guard);
  return addresses;
}

async function resolveName(host: string, lookup: Lookup, attempt: Attempt): Promise<string[]> {
  const advice = 'Check the spelling of the host and its DNS records.';
  const late = () =>
    new DnsError(`The name ${host} did not resolve within ${attempt.limits.connectMs} ms. ${advice}`);
  try {
    const answer = await within(attempt, attempt.limits.connectMs, late, lookup(host));
    if (answer.length > 0) return answer.map(({ address }) => address);
  } catch (error) {
    if (error instanceof WebError) throw error;
    throw new DnsError(`The name ${host} does not resolve. ${advice}`, { cause: error });
  }
  throw new DnsError(`The name ${host} has no address. ${advice}`);
}

function peerOf({ remoteAddress }: Socket, { host, port }: Endpoint): string {
  if (remoteAddress !== undefined) return remoteAddress;
  throw new ConnectError(`${host} port ${port} closed the connection at once. Check that the server is up.`);
}

function assertReachable(host: string, addresses: readonly string[], guard: AddressGuard): void {
  for (const address of addresses) {
    const refusal = guard.refusal(address);
    if (refusal === undefined) continue;
    const subject = host === address ? `The address ${address}` : `${host} has the address ${address}, which`;
    throw new AddressRefusedError(
      `${subject} may not be reached from here: ${refusal.reason} (${refusal.source}). Use a server on the public internet, or have the operator allow that network.`,
    );
  }
}

async function openTcp(
  { host, port }: Endpoint,
  addresses: readonly string[],
  limitMs: number,
  attempt: Attempt,
): Promise<Socket> {
  const socket = connectTcp({
    host,
    port,
    noDelay: true,
    autoSelectFamily: true,
    // Called for names only; gives the checked addresses, so that nothing resolves the name a second time.
    lookup: (_host, _options, answer) =>
      answer(
        null,
        addresses.map(address => ({ address, family: isIP(address) })),
      ),
  });
  socket.on('error', ignore);
  const advice = 'Check that the server is up and reachable from the internet.';
  const late = () =>
    new ConnectError(
      `No connection to ${host} port ${port} within ${attempt.limits.connectMs} ms. ${advice} A longer time can be set in the URL: #ot=<milliseconds>.`,
    );
  try {
    await within(attempt, limitMs, late, once(socket, 'connect'));
    return socket;
  } catch (error) {
    socket.destroy();
    if (error instanceof WebError) throw error;
    throw new ConnectError(`No connection to ${host} port ${port} (${reasonOf(error)}). ${advice}`, {
      cause: error,
    });
  }
}

async function openTls(
  { host }: Endpoint,
  plain: Socket,
  { trustedCertificates }: ConnectionTools,
  attempt: Attempt,
): Promise<TLSSocket> {
  const name = host.replace(/\.$/, '');
  const socket = connectTls({
    socket: plain,
    host: name,
    servername: isIP(name) === 0 ? name : '', // RFC 6066 §3: no addresses in SNI
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
    ...(trustedCertificates.length > 0 && { ca: [...rootCertificates, ...trustedCertificates] }),
  });
  socket.on('error', ignore);
  const late = () =>
    new TlsError(
      `The TLS handshake with ${host} took more than ${attempt.limits.readMs} ms. Check the server.`,
    );
  try {
    await within(attempt, attempt.limits.readMs, late, once(socket, 'secureConnect'));
    return socket;
  } catch (error) {
    socket.destroy();
    plain.destroy();
    if (error instanceof WebError) throw error;
    throw new TlsError(
      `The TLS handshake with ${host} failed (${reasonOf(error)}). Check its certificate: it must name this host, be valid now, and come with its chain to a public authority.`,
      { cause: error },
    );
  }
}

/** Node's code for a failure. Several addresses tried give one error with all of theirs inside. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
}

/** For errors between two owners of a socket: nobody listens then, and an unheard `error` would end the process. */
function ignore(): void {}
