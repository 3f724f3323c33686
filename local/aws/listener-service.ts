import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { AwsRequest, AwsResponse, AwsService } from './service.ts';

/** What `http.createServer` takes. */
export type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;

/** A service made of a node request listener, which is called without a server and a socket. */
export function listenerService(listener: Listener): AwsService {
  return request =>
    new Promise((resolve, reject) => {
      const incoming = Object.assign(Readable.from([request.body], { objectMode: false }), {
        method: request.method,
        url: request.url,
        headers: request.headers,
      } satisfies Partial<AwsRequest>);
      const outgoing = new CapturedResponse(resolve);
      Promise.resolve(
        listener(incoming as unknown as IncomingMessage, outgoing as unknown as ServerResponse),
      ).catch(reject);
    });
}

/** As much of `ServerResponse` as listeners use that send one answer in one piece. */
class CapturedResponse {
  statusCode = 200;
  readonly #headers: Record<string, string> = {};
  readonly #resolve: (response: AwsResponse) => void;

  constructor(resolve: (response: AwsResponse) => void) {
    this.#resolve = resolve;
  }

  setHeader(name: string, value: string | number): void {
    this.#headers[name.toLowerCase()] = String(value);
  }

  writeHead(status: number, headers: OutgoingHttpHeaders = {}): this {
    this.statusCode = status;
    for (const [name, value] of Object.entries(headers)) this.setHeader(name, String(value));
    return this;
  }

  end(body: string | Buffer = ''): void {
    this.#resolve({ status: this.statusCode, headers: this.#headers, body });
  }
}
