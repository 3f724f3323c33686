import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON a client sent
  readonly body: any;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** A server on loopback that remembers what it was asked; `reply` decides what it answers. */
export class HttpDouble {
  readonly received: Received[] = [];
  readonly #server: Server;

  constructor(reply: (request: Received) => Reply) {
    this.#server = createServer(async (incoming, outgoing) => {
      let text = '';
      for await (const chunk of incoming) text += chunk;
      const { method = '', url = '', headers } = incoming;
      const request = { method, path: url, headers, body: text === '' ? undefined : JSON.parse(text) };
      this.received.push(request);
      const { status, headers: more, body } = reply(request);
      outgoing.writeHead(status, { 'content-type': 'application/json', ...more });
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async start(): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }
}
