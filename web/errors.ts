/**
 * What can go wrong between Dialplane and a customer's server.
 *
 * Each failure is a subclass of {@link WebError} with a stable `code`; {@link webErrorNumbers} gives the number by
 * which the cXML dialects report it. Messages are for the customer: what was wrong and what to do. They name
 * URLs only through `redactUrl`, so no credential is in them.
 */

/** The numbers under which cXML error logs list these failures (SignalWire and Twilio error tables). */
export const webErrorNumbers = {
  'invalid-url': 11100,
  'invalid-url-options': 11243,
  'address-refused': 11290, // ours: neither vendor has one for web requests
  'dns-failed': 11210,
  'connect-failed': 11205,
  'tls-failed': 11220,
  'timed-out': 11200,
  'connection-broken': 11200,
  'protocol-violated': 11251,
  'too-many-redirects': 11215,
  'body-too-large': 11750,
  'status-refused': 11217,
} as const;

/** The stable names of the failures, the keys of {@link webErrorNumbers}. */
export type WebErrorCode = keyof typeof webErrorNumbers;

/** Anything that kept a request to a customer's server from ending with a usable answer. */
export abstract class WebError extends Error {
  /** The stable name of what went wrong. */
  abstract readonly code: WebErrorCode;

  /** The number by which cXML error logs know it, for example 11205. */
  get number(): number {
    return webErrorNumbers[this.code];
  }

  override get name(): string {
    return this.constructor.name;
  }
}

/** The URL cannot be read, or is not http or https. */
export class InvalidUrlError extends WebError {
  readonly code = 'invalid-url';
}

/** The fragment's time limits (`#ot=…&rt=…&tt=…`) cannot be understood. */
export class InvalidUrlOptionsError extends WebError {
  readonly code = 'invalid-url-options';
}

/** The host is, or resolves to, an address that customers' URLs may not reach. */
export class AddressRefusedError extends WebError {
  readonly code = 'address-refused';
}

/** The host name does not resolve, or not in time. */
export class DnsError extends WebError {
  readonly code = 'dns-failed';
}

/** No TCP connection in time, or none at all. */
export class ConnectError extends WebError {
  readonly code = 'connect-failed';
}

/** The TLS handshake failed, or the certificate does not prove the host. */
export class TlsError extends WebError {
  readonly code = 'tls-failed';
}

/** Connected, but the answer did not arrive in time. */
export class TimeoutError extends WebError {
  readonly code = 'timed-out';
}

/** Connected, but the connection ended before the answer did. */
export class ConnectionBrokenError extends WebError {
  readonly code = 'connection-broken';
}

/** The answer is not HTTP as RFC 9112 has it, or uses a part of HTTP that was not agreed. */
export class ProtocolError extends WebError {
  readonly code = 'protocol-violated';
}

/** The server went on redirecting. */
export class TooManyRedirectsError extends WebError {
  readonly code = 'too-many-redirects';
}

/** The answer's body is longer than its use allows. */
export class BodyTooLargeError extends WebError {
  readonly code = 'body-too-large';
}

/** The server answered, with a status that its caller cannot use. Thrown by `requireSuccess` only. */
export class StatusError extends WebError {
  readonly code = 'status-refused';
  /** The HTTP status that was received. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}
