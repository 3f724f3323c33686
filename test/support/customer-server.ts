import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RestClient } from '@signalwire/compatibility-api';
import plivo from 'plivo';
import twilio from 'twilio';
import { SIGNATURE_HEADER, verify } from '../../dialects/own-signature.ts';

/** One request that the customer's server got. */
export interface CustomerRequest {
  /** By the platform's clock. */
  atMs: number;
  method: string;
  /** Without the query. */
  path: string;
  /** With it. */
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** Of the form, the JSON body, or the query of a GET. */
  parameters: Record<string, string>;
  /** Every signature on it is right, and there is at least one. */
  genuine: boolean;
}

export interface CustomerAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** Breaks the connection instead. */
  breaks?: true;
}

/** A text is a document; a function is asked at each request. */
export type Answers =
  | string
  | CustomerAnswer
  | ((request: CustomerRequest) => string | CustomerAnswer | Promise<string | CustomerAnswer>);

/**
 * A customer's HTTP server on loopback: it answers each path as it was told, any other with an empty 200, and remembers every
 * request. Signatures are checked with the vendors' own validators.
 */
export class CustomerServer {
  requests: CustomerRequest[] = [];
  readonly #answers = new Map<string, Answers>();
  readonly #server = createServer((incoming, outgoing) => void this.#serve(incoming, outgoing));
  readonly #now: () => number;
  /** Set once the platform is there. */
  authToken = '';

  constructor(now: () => number) {
    this.#now = now;
  }

  listen(): Promise<void> {
    return new Promise(resolve => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What the path answers from now on. Gives back its whole URL. */
  on(path: string, answers: Answers): string {
    this.#answers.set(path, answers);
    return this.url + path;
  }

  /** The requests for one path, in their order. */
  asked(path: string): CustomerRequest[] {
    return this.requests.filter(request => request.path === path);
  }

  /** Forgets requests and answers. */
  reset(): void {
    this.requests = [];
    this.#answers.clear();
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise(resolve => this.#server.close(() => resolve()));
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of incoming.setEncoding('utf8')) body += chunk;
    const url = incoming.url ?? '/';
    const { method = '', headers } = incoming;
    const path = url.split('?')[0] as string;
    const parameters = parametersOf(method, url, headers, body);
    const genuine = this.#isGenuine({ method, url, headers, body, parameters });
    const request = { atMs: this.#now(), method, path, url, headers, body, parameters, genuine };
    this.requests.push(request);
    const answers = this.#answers.get(path) ?? {};
    const answer = typeof answers === 'function' ? await answers(request) : answers;
    const {
      status = 200,
      headers: sent,
      body: content = '',
    } = typeof answer === 'string'
      ? { headers: { 'content-type': 'application/xml' }, body: answer }
      : answer;
    if (typeof answer !== 'string' && answer.breaks) outgoing.destroy();
    else outgoing.writeHead(status, sent).end(content);
  }

  #isGenuine({
    method,
    url,
    headers,
    body,
    parameters,
  }: Pick<CustomerRequest, 'method' | 'url' | 'headers' | 'body' | 'parameters'>): boolean {
    const seen = this.url + url;
    const own = headers[SIGNATURE_HEADER];
    if (typeof own === 'string')
      return verify(own, { authToken: this.authToken, url: seen, body, nowMs: this.#now() });
    if (headers['x-plivo-signature-v3'] !== undefined)
      return this.#isPlivos(method, seen, headers, parameters);
    const fields = method === 'GET' ? {} : parameters;
    const signatures = [headers['x-signalwire-signature'], headers['x-twilio-signature']] as string[];
    const [signalwire = '', twilios = ''] = signatures;
    return (
      RestClient.validateRequest(this.authToken, signalwire, seen, fields) &&
      twilio.validateRequest(this.authToken, twilios, seen, fields)
    );
  }

  #isPlivos(
    method: string,
    seen: string,
    headers: IncomingHttpHeaders,
    parameters: Record<string, string>,
  ): boolean {
    const said = (name: string) => String(headers[`x-plivo-signature-${name}`]);
    const fields = method === 'GET' ? {} : parameters;
    return (
      plivo.validateV3Signature(method, seen, said('v3-nonce'), this.authToken, said('v3'), fields) ===
        true && plivo.validateSignature(seen, said('v2-nonce'), said('v2'), this.authToken) === true
    );
  }
}

function parametersOf(
  method: string,
  url: string,
  headers: IncomingHttpHeaders,
  body: string,
): Record<string, string> {
  if (headers['content-type'] === 'application/json') return JSON.parse(body);
  return Object.fromEntries(new URLSearchParams(method === 'GET' ? (url.split('?')[1] ?? '') : body));
}
