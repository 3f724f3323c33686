import { lookup as lookupAddress } from 'node:dns/promises';
import { createAddressGuard } from '../core/network/address-guard.ts';
import { redactUrl } from '../core/redact-url.ts';
import { type Attempt, noTimings } from './attempt.ts';
import { systemClock, type WebClock } from './clock.ts';
import { ProtocolError, StatusError, TimeoutError, TooManyRedirectsError } from './errors.ts';
import { type Answer, exchange } from './exchange.ts';
import { GuardedAgent } from './guarded-agent.ts';
import { documentLimits, type WebLimits } from './limits.ts';
import { isRedirect, type Redirectable, redirected } from './redirect.ts';
import { Turnstile } from './turnstile.ts';
import { parseTarget, type Target } from './url.ts';
import { parseUrlOptions } from './url-options.ts';

/** Requests to one server at a time; more of them wait, within their own limits. */
export const REQUESTS_PER_SERVER = 50;

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
  /** Where the answer came from after redirects, without credentials and fragment. */
  readonly url: string;
  /** The same with the credentials of its URL: what relative URLs in the answer resolve against. Not for logs. */
  readonly baseUrl: string;
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
 * @throws {RangeError} when an allowed network is not in CIDR notation.
 *
 * @example
 * const web = createWebClient({ allowedNetworks: [] });
 * const answer = await web.request({ method: 'GET', url: 'https://example.com/voice.xml' });
 */
export function createWebClient({
  allowedNetworks,
  lookup = systemLookup,
  limits: clientLimits,
  clock = systemClock,
  trustedCertificates = [],
}: WebClientOptions): WebClient {
  const tools = { guard: createAddressGuard(allowedNetworks), lookup, trustedCertificates };
  const turnstile = new Turnstile(REQUESTS_PER_SERVER);
  const agents = {
    'http:': new GuardedAgent(tools, clock, false),
    'https:': new GuardedAgent(tools, clock, true),
  };

  async function follow(first: Target, request: Redirectable, attempt: Attempt): Promise<FinalAnswer> {
    let target = first;
    let current = withCredentials(request, target);
    for (let redirects = 0; ; redirects++) {
      const agent = agents[target.url.protocol as keyof typeof agents];
      const { url } = target;
      const sent = current;
      const answer = await turnstile.pass(url.origin, attempt.signal, () =>
        exchange(url, sent, agent, attempt),
      );
      const { location } = answer.headers;
      if (!isRedirect(answer.status) || location === undefined) return { ...answer, target, redirects };
      if (redirects >= attempt.limits.redirects) {
        throw new TooManyRedirectsError(
          `${redactUrl(first.url)} led to more than ${attempt.limits.redirects} redirects. Use the URL that they end at.`,
        );
      }
      const from = target;
      target = parseTarget(location, from.baseUrl);
      const crossesOrigin = target.url.origin !== from.url.origin;
      current = withCredentials(redirected(current, answer.status, crossesOrigin), target);
    }
  }

  return {
    async request({ method, url, headers = {}, body, limits: requestLimits }) {
      const startedMs = clock.now();
      const target = parseTarget(url);
      const limits = {
        ...documentLimits,
        ...clientLimits,
        ...requestLimits,
        ...parseUrlOptions(target.fragment),
      };
      const controller = new AbortController();
      const attempt: Attempt = {
        limits,
        clock,
        signal: controller.signal,
        timings: { ...noTimings },
      };
      const deadline = clock.after(limits.totalMs, () => {
        controller.abort(
          new TimeoutError(
            `${redactUrl(target.url)} took more than ${limits.totalMs} ms in all. Make the server answer sooner.`,
          ),
        );
      });
      try {
        const answer = await follow(target, prepare(method, headers, body), attempt);
        assertUncompressed(answer, limits);
        return {
          status: answer.status,
          headers: answer.headers,
          body: answer.body,
          url: answer.target.url.href,
          baseUrl: answer.target.baseUrl,
          redirects: answer.redirects,
          timings: { ...attempt.timings, totalMs: clock.now() - startedMs },
        };
      } finally {
        deadline.cancel();
      }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/**
 * For callers who can use nothing but a 2xx answer.
 *
 * @throws {StatusError} for any other status.
 */
export function requireSuccess(response: WebResponse): WebResponse {
  if (response.status >= 200 && response.status < 300) return response;
  throw new StatusError(
    `${redactUrl(response.url)} answered with status ${response.status}. Check the server's log; a 2xx status is needed.`,
    response.status,
  );
}

type FinalAnswer = Answer & { readonly target: Target; readonly redirects: number };

const systemLookup: Lookup = hostname => lookupAddress(hostname, { all: true });

function prepare(
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array | undefined,
) {
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    method: method.toUpperCase(),
    headers: { 'user-agent': 'Dialplane', 'accept-encoding': 'identity', ...Object.fromEntries(lowerCase) },
    body: typeof body === 'string' ? Buffer.from(body) : body,
  };
}

function withCredentials(request: Redirectable, { basicCredentials }: Target): Redirectable {
  if (basicCredentials === undefined) return request;
  return { ...request, headers: { ...request.headers, authorization: `Basic ${basicCredentials}` } };
}

/** A compressed body could unpack to any size, and none was asked for. */
function assertUncompressed({ headers, target }: FinalAnswer, limits: WebLimits): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity' || limits.bodyOverflow === 'cut') return;
  throw new ProtocolError(
    `${redactUrl(target.url)} answered with Content-Encoding ${encoding}, which was not asked for. Answer without compression.`,
  );
}
