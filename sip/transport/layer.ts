import { atOnce } from '../at-once.ts';
import type { Refusal } from '../doorkeeper.ts';
import { createResponse, type HeaderInit } from '../message/create.ts';
import { SipParseError } from '../message/errors.ts';
import { type SipMessage, SipRequest, type SipResponse } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import { serialise } from '../message/serialise.ts';
import { validate } from '../message/validate.ts';
import { TransportError } from './errors.ts';
import { transportLimits } from './limits.ts';
import { OutgoingResponse } from './outgoing-response.ts';
import { sentBy } from './sent-by.ts';
import { type Flow, isIPv6Address, type Protocol, type Target, type Transport } from './transport.ts';
import { isAnswerable, outgoingVia, stampReceived } from './via.ts';

/** What the transport layer hands up. */
export interface TransportUser {
  /** A request, its top Via completed, with the way to answer it. */
  request(request: SipRequest, flow: Flow): void;
  response(response: SipResponse): void;
  /** What keeps a request out that cannot be taken, and would be told why; asked once for each. */
  refusal?(flow: Flow): Refusal | undefined;
  /** Bytes that were no SIP message; they have been answered where an answer could be made. */
  malformed(error: SipParseError, flow: Flow): void;
  /** A message has broken something in here: a fault of ours. Its sender has been told 500 where it asks for an answer. */
  failed(error: unknown): void;
  /** Whether a flow that has been quiet for long is still to be there. */
  isNeeded(flow: Flow): boolean;
  flowClosed(flow: Flow, error?: TransportError): void;
}

/** A transport layer's settings. */
export interface TransportLayerOptions {
  readonly transports: readonly Transport[];
  readonly user: TransportUser;
  /** The To tag of refusals that no transaction makes. */
  readonly tag: () => string;
  /** Requests over this many bytes leave UDP where they can (RFC 3261 §18.1.1). */
  readonly datagramBytes?: number;
}

/** A request made ready for one target. */
export interface Departure {
  readonly request: SipRequest;
  readonly bytes: Buffer;
  readonly flow: Flow;
  readonly transport: Transport;
}

/** All listeners of one agent: which one a request leaves by, and what comes in (RFC 3261 §18). */
export class TransportLayer {
  readonly #options: TransportLayerOptions;

  constructor(options: TransportLayerOptions) {
    this.#options = options;
  }

  get transports(): readonly Transport[] {
    return this.#options.transports;
  }

  async start(): Promise<void> {
    await Promise.all(this.transports.map(transport => transport.listen(this.#receiver(transport))));
  }

  async close(): Promise<void> {
    await Promise.all(this.transports.map(transport => transport.close()));
  }

  /**
   * Makes a copy of the request ready for a target: flow, Via, and whatever `complete` adds that depends on the
   * transport. A large one goes by TCP where the peer takes it there, else by UDP after all (RFC 3261 §18.1.1).
   * At once where nothing has to be opened first. @throws TransportError
   */
  depart(
    request: SipRequest,
    target: Target,
    branch: string,
    complete: (request: SipRequest, transport: Transport) => void,
    preferred?: Transport,
  ): Departure | Promise<Departure> {
    const ready = (transport: Transport, flow: Flow): Departure => {
      const copy = request.clone();
      complete(copy, transport);
      copy.headers.prepend('Via', outgoingVia(transport.protocol, sentBy(transport, target), branch));
      return { request: copy, bytes: serialise(copy), flow, transport };
    };
    const transport = this.transportFor(target, preferred);
    const leave = (flow: Flow): Departure | Promise<Departure> => {
      const departure = ready(transport, flow);
      if (transport.protocol !== 'UDP' || departure.bytes.length <= this.#mtu) return departure;
      const stream = this.#find('TCP', target.address, transport);
      if (stream === undefined) return departure;
      return Promise.resolve(stream.flowTo({ ...target, protocol: 'TCP' })).then(
        open => ready(stream, open),
        () => departure,
      );
    };
    return atOnce(transport.flowTo(target), leave);
  }

  /** Makes a response ready for its way back. */
  answer(response: SipResponse, flow: Flow): OutgoingResponse {
    return new OutgoingResponse(response, flow, this.listenerOf(flow));
  }

  /** The listener that a flow belongs to: the one that a message has come by, else whichever could be. @throws TransportError */
  listenerOf(flow: Flow): Transport {
    return flow.listener ?? this.transportFor({ ...flow.remote, protocol: flow.protocol });
  }

  /**
   * The listener for a target: the preferred one, or one on its address, where they fit; else the first that does.
   * @throws TransportError when there is none for the protocol and address family
   */
  transportFor(target: Target, preferred?: Transport): Transport {
    const transport = this.#find(target.protocol, target.address, preferred);
    if (transport === undefined) {
      const family = isIPv6Address(target.address) ? 'IPv6' : 'IPv4';
      throw new TransportError('no-transport', `There is no ${target.protocol} listener on ${family}.`);
    }
    return transport;
  }

  get #mtu(): number {
    return this.#options.datagramBytes ?? transportLimits.datagramBytes;
  }

  #find(protocol: Protocol, address: string, preferred: Transport | undefined): Transport | undefined {
    const family = isIPv6Address(address);
    let near: Transport | undefined;
    let first: Transport | undefined;
    for (const transport of this.transports) {
      const { local } = transport;
      if (transport.protocol !== protocol || isIPv6Address(local.address) !== family) continue;
      if (transport === preferred) return transport;
      if (local.address === preferred?.local.address) near ??= transport;
      first ??= transport;
    }
    return near ?? first;
  }

  #receiver(transport: Transport) {
    const { user } = this.#options;
    return {
      message: (bytes: Buffer, flow: Flow) => {
        let message: SipMessage | undefined;
        try {
          message = parseMessage(bytes);
          this.#receive(message, flow, transport);
        } catch (error) {
          // The sockets that call here catch nothing: whatever was thrown stays in this layer.
          if (error instanceof SipParseError) {
            this.#refuse(message ?? error.salvaged, error.status, flow, transport);
            user.malformed(error, flow);
          } else {
            this.#refuse(message, 500, flow, transport);
            user.failed(error);
          }
        }
      },
      refused: (head: Buffer, status: number, flow: Flow) => {
        try {
          this.#refuse(parseMessage(head), status, flow, transport);
        } catch (error) {
          if (!(error instanceof SipParseError)) user.failed(error);
        }
      },
      isNeeded: (flow: Flow) => user.isNeeded(flow),
      closed: (flow: Flow, error?: TransportError) => user.flowClosed(flow, error),
    };
  }

  #receive(message: SipMessage, flow: Flow, transport: Transport): void {
    const { user } = this.#options;
    const verdict = validate(message);
    if (verdict.action === 'respond') this.#refuse(message, verdict.status, flow, transport, verdict);
    if (verdict.action !== 'accept') return;
    if (message instanceof SipRequest) {
      stampReceived(message, flow.remote);
      // Who cannot be told anything asks for nothing.
      if (!isAnswerable(message, flow.protocol)) return;
      flow.listener = transport;
      user.request(message, flow);
    } else user.response(message);
  }

  /** Refuses without a transaction: a repetition is refused again (RFC 3261 §8.2.7). */
  #refuse(
    message: SipMessage | undefined,
    status: number,
    flow: Flow,
    transport: Transport,
    { reason, headers }: { reason?: string; headers?: HeaderInit } = {},
  ): void {
    if (!(message instanceof SipRequest) || message.method === 'ACK') return;
    const { user, tag } = this.#options;
    const refusal = user.refusal?.(flow);
    if (refusal === 'silence') return;
    try {
      stampReceived(message, flow.remote);
      const toTag = tag();
      const response = refusal
        ? createResponse(message, 503, undefined, {
            toTag,
            headers: { 'Retry-After': refusal.retryAfterSeconds },
          })
        : createResponse(message, status, reason, { toTag, headers });
      new OutgoingResponse(response, flow, transport).send(() => {});
    } catch (error) {
      // Without a readable Via nobody can be told (RFC 3261 §18.2.1).
      if (!(error instanceof SipParseError)) user.failed(error);
    }
  }
}
