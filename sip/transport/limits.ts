/** What a transport allows before it protects itself. Every number can be set by its owner. */
export interface TransportLimits {
  /** Start line and headers, bytes. RFC 3261 §18.1.1 asks that 65,535 be taken. */
  readonly headBytes: number;
  /** Body, bytes. */
  readonly bodyBytes: number;
  /** From a message's first byte to its last on a stream; a peer that drips bytes is cut off. */
  readonly messageMs: number;
  /** To reach a peer by TCP, and again for its TLS handshake. */
  readonly connectMs: number;
  /** Without a message, or a keep-alive of the peer, a connection is closed that no registration and no dialog needs. */
  readonly idleMs: number;
  /** Between two CRLF keep-alives on connections that we opened; 0 sends none. RFC 5626 §4.4.1. */
  readonly pingMs: number;
  /** For the answer to a keep-alive; then the flow to a peer that has answered one before is dead. RFC 5626 §4.4.1 says 10 s. */
  readonly pongMs: number;
  /**
   * Without traffic on a connection that we accepted, until TCP itself asks whether the peer is there, and then between two
   * questions, of which so many stay without an answer before it is dead. Keep-alives of SIP are the client's to send
   * (RFC 5626 §4.4.1), and not all do; NATs and load balancers forget a connection without traffic, one of AWS after 350 s.
   */
  readonly probeMs: number;
  readonly probeAgainMs: number;
  readonly probes: number;
  /** Accepted connections on one listener; more are closed at once. */
  readonly connections: number;
  /** Connections that one listener has opened; a message that needs one more does not leave. */
  readonly openedConnections: number;
  /** Connections with one address: as many accepted, and as many opened. */
  readonly connectionsPerPeer: number;
  /** Bytes that a peer has not read yet; more and it is cut off. */
  readonly unsentBytes: number;
  /** Kernel buffer of a UDP socket in each direction. */
  readonly datagramBufferBytes: number;
  /** A larger request goes by TCP when the peer takes it there. RFC 3261 §18.1.1. */
  readonly datagramBytes: number;
}

/** Defaults. 4 MiB of datagram buffer is where SIPp's loopback runs stop losing bursts. */
export const transportLimits: TransportLimits = {
  headBytes: 65_535,
  bodyBytes: 262_144,
  messageMs: 10_000,
  connectMs: 5_000,
  idleMs: 600_000,
  pingMs: 120_000,
  pongMs: 10_000,
  probeMs: 120_000,
  probeAgainMs: 30_000,
  probes: 4,
  connections: 4_096,
  openedConnections: 4_096,
  connectionsPerPeer: 512,
  unsentBytes: 1_048_576,
  datagramBufferBytes: 4_194_304,
  datagramBytes: 1_300,
};
