import type { TransportError } from './errors.ts';

/** The transports of RFC 3261 §18, as Via writes them. */
export type Protocol = 'UDP' | 'TCP' | 'TLS';

/** What each protocol promises, and where it listens when nothing else is said (RFC 3261 §19.1.2). */
export const protocols: Readonly<
  Record<Protocol, { readonly reliable: boolean; readonly secure: boolean; readonly defaultPort: number }>
> = {
  UDP: { reliable: false, secure: false, defaultPort: 5060 },
  TCP: { reliable: true, secure: false, defaultPort: 5060 },
  TLS: { reliable: true, secure: true, defaultPort: 5061 },
};

/** One end of the wire. IPv6 addresses are written without brackets. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Whether an endpoint's address is one of IPv6: only those have colons. */
export const isIPv6Address = (address: string): boolean => address.includes(':');

/** Where a message is to go: what RFC 3263 ends in. */
export interface Target extends Endpoint {
  readonly protocol: Protocol;
  /**
   * The name that was resolved: what the peer's certificate must say (RFC 5922 §7), and its SNI. Without one a connection
   * will do that has come from that very port.
   */
  readonly host?: string | undefined;
}

/**
 * A way to one peer: a connection, or for UDP a socket and the peer's address. Answers and later requests to
 * the same peer use the flow that is there (RFC 3261 §18, RFC 5626 §3.1).
 */
export interface Flow {
  readonly protocol: Protocol;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** The name it was opened for, when there was one: a TLS flow is not used again for another name. */
  readonly host?: string | undefined;
  /** The listener that a message has come by on it, as its agent knows it: the transport layer says so. */
  listener?: Transport | undefined;
  /** Until when somebody is registered by it, on the clock of its registrar. */
  registeredUntilMs?: number | undefined;
  /** False as soon as nothing can be sent any more. */
  readonly open: boolean;
  /** Sends one message, and never throws. `failed` is called at most once, later, if it is known that it did not leave. */
  send(bytes: Buffer, failed?: (error: TransportError) => void): void;
}

/** What a transport tells the layer above. */
export interface TransportReceiver {
  /** One whole message, on the flow that carries its answers. */
  message(bytes: Buffer, flow: Flow): void;
  /** A message that cannot be taken and the status to say so; its flow closes afterwards. */
  refused(head: Buffer, status: number, flow: Flow): void;
  /** Whether a flow that has been quiet for long is still to be there: requests of ours would leave by it. */
  isNeeded(flow: Flow): boolean;
  /** A flow has ended; `error` if not in an orderly way. */
  closed(flow: Flow, error?: TransportError): void;
}

/** One listener and the flows that it accepts and opens. */
export interface Transport {
  readonly protocol: Protocol;
  /** Where it listens; the real port once `listen` has settled. */
  readonly local: Endpoint;
  /** What it calls itself in Via and Contact, when that is not `local`: a name, or the address outside a NAT. */
  readonly advertised?: { readonly host: string; readonly port?: number } | undefined;
  listen(receiver: TransportReceiver): Promise<void>;
  /** The flow to a target, an open one if there is one; at once where nothing has to be opened. @throws TransportError */
  flowTo(target: Target): Flow | Promise<Flow>;
  /** Stops listening, lets what was sent leave, and closes every flow. */
  close(): Promise<void>;
}
