import { Params } from '../grammar/params.ts';
import { Via } from '../header/via.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { isSomePort } from '../uri/host.ts';
import { type Endpoint, type Protocol, protocols } from './transport.ts';

/** The Via that a request leaves with (RFC 3261 §18.1.1); `rport` asks for answers to the port we send from (RFC 3581 §3). */
export function outgoingVia(protocol: Protocol, sentBy: { host: string; port: number }, branch: string): Via {
  return new Via({
    transport: protocol,
    ...sentBy,
    params: Params.none.with('branch', branch).with('rport'),
  });
}

/**
 * Writes into the top Via of a request where it really came from: `received` when the host there is another
 * (RFC 3261 §18.2.1), and both `received` and `rport` when it asks for rport (RFC 3581 §4).
 */
export function stampReceived(request: SipRequest, source: Endpoint): void {
  const { via } = request;
  if (via === undefined) return;
  const asksForPort = via.params.has('rport');
  if (!asksForPort && sameAddress(via.address, source.address) && via.params.get('received') === undefined)
    return;
  let params = via.params.with('received', source.address);
  if (asksForPort) params = params.with('rport', source.port);
  request.headers.removeFirst('Via');
  request.headers.prepend('Via', via.with({ params }));
}

/**
 * Where a response goes when the flow of its request cannot be used (RFC 3261 §18.2.2, RFC 3581 §4): always to the address
 * that the request has come from. Undefined where that is nowhere, as port 0 is.
 *
 * A `maddr` is not followed, though §18.2.2 says so. Clients write it into requests to a multicast group (§18.1.1), and no
 * listener here is in one: in any other request it names somebody who has not asked, and would be sent a response as often
 * as its request is not acknowledged.
 */
export function responseEndpoint({ via }: SipResponse, protocol: Protocol): Endpoint | undefined {
  if (via === undefined) return undefined;
  const { reliable, defaultPort } = protocols[protocol];
  const port = (reliable ? undefined : via.rport) ?? via.port ?? defaultPort;
  return isSomePort(port) ? { address: via.received ?? via.address, port } : undefined;
}

/** Whether a request can be answered at all: over UDP it is for its Via to say where, and port 0 is nowhere. */
export function isAnswerable({ via }: SipRequest, protocol: Protocol): boolean {
  return via?.port !== 0 || via.rport !== undefined || protocols[protocol].reliable;
}

/** Whether two spellings are one IP address; names are never equal to addresses. */
function sameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
