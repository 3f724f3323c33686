import type { WebClock } from './clock.ts';
import type { WebLimits } from './limits.ts';

/** Finds the addresses of a host name, as `dns.promises.lookup(host, { all: true })` does. */
export type Lookup = (hostname: string) => Promise<readonly { address: string }[]>;

/** What a client is made of. */
export interface WebClientOptions {
  /** Networks in CIDR notation that may be reached although they are private, for example `127.0.0.0/8`. */
  readonly allowedNetworks: readonly string[];
  /** Name resolution; the system's by default. */
  readonly lookup?: Lookup;
  /** Limits other than {@link documentLimits}. */
  readonly limits?: Partial<WebLimits>;
  /** The time that limits are measured by; the system's by default. */
  readonly clock?: WebClock;
  /** PEM certificates of authorities that are trusted besides Node's own. */
  readonly trustedCertificates?: readonly string[];
}

/** One request to a customer's server. */
export interface WebRequest {
  readonly method: string;
  /** http or https; may carry `user:password@` (sent as Basic) and time limits (`#ot=500&rt=2000&tt=5000`, never sent). */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Limits other than the client's; the URL's own go before both. */
  readonly limits?: Partial<WebLimits>;
}

/** Whatever the server answered in the end: any status, also 4xx and 5xx. */
export interface WebResponse {
  readonly status: number;
  /** Names in lower case; several of one name are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Where the answer came from after redirects, without credentials and fragment: the base of its relative URLs. */
  readonly url: string;
  /** How many redirects were followed. */
  readonly redirects: number;
  readonly timings: WebTimings;
}

/** How long the last exchange took to get somewhere; zero for what a kept connection spared. Milliseconds. */
export interface WebTimings {
  readonly dnsMs: number;
  readonly connectMs: number;
  readonly tlsMs: number;
  /** From the request to the head of the answer. */
  readonly firstByteMs: number;
  /** The whole, redirects included. */
  readonly totalMs: number;
}

/** Makes requests to customers' servers, and keeps their connections for a moment. */
export interface WebClient {
  /**
   * Makes one request, following redirects.
   *
   * @throws {WebError} its subclasses name every way in which it can fail.
   */
  request(request: WebRequest): Promise<WebResponse>;
  /** Ends all connections. */
  close(): void;
}

/**
 * The one way from Dialplane to customers' servers: time limits, redirects, and no way into private networks.
 *
 * @example
 * const web = createWebClient({ allowedNetworks: [] });
 * const answer = await web.request({ method: 'GET', url: 'https://example.com/voice.xml' });
 */
export function createWebClient(_options: WebClientOptions): WebClient {
  throw new Error('not written yet');
}
