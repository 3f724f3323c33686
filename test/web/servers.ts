import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { Lookup, WebClient, WebClientOptions } from '../../web/client.ts';
import { createWebClient } from '../../web/client.ts';
import { selfSigned } from './certificate.ts';

/** What a test server saw of a request. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Handler = (request: Seen, response: ServerResponse) => void;

/** A real server on loopback for the length of the test, and everything that it was asked. */
export async function httpServer(handler: Handler) {
  const seen: Seen[] = [];
  const server = createServer(recording(handler, seen));
  const connections = countConnections(server);
  return { url: `http://127.0.0.1:${await listen(server)}`, seen, connections };
}

/** The same with TLS, under a certificate for `certified`. */
export async function httpsServer(handler: Handler, certified = 'customer.test', notAfter?: Date) {
  const seen: Seen[] = [];
  const { key, cert } = selfSigned(certified, notAfter);
  const server = createSecureServer({ key, cert }, recording(handler, seen));
  const connections = countConnections(server, 'secureConnection');
  return { port: await listen(server), cert, seen, connections };
}

/** A server that speaks raw TCP. */
export async function tcpServer(handler: (socket: Socket) => void) {
  const server = createTcpServer(handler);
  const connections = countConnections(server);
  return { url: `http://127.0.0.1:${await listen(server)}`, connections };
}

/** A client that may reach loopback, closed when the test is over. */
export function loopbackClient(options: Partial<WebClientOptions> = {}): WebClient {
  const client = createWebClient({ allowedNetworks: ['127.0.0.0/8', '::1/128'], ...options });
  onTestFinished(() => client.close());
  return client;
}

/** Name resolution from a table; a list of answers is given one after the other. */
export function dnsOf(names: Record<string, string[] | string[][]>): Lookup & { asked: string[] } {
  const asked: string[] = [];
  const lookup = async (host: string) => {
    asked.push(host);
    const answers = names[host];
    if (answers === undefined)
      throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
    const isRound = Array.isArray(answers[0]);
    const answer = isRound
      ? (answers as string[][])[Math.min(asked.length, answers.length) - 1]
      : (answers as string[]);
    return (answer ?? []).map(address => ({ address }));
  };
  return Object.assign(lookup, { asked });
}

function recording(handler: Handler, seen: Seen[]) {
  return async (request: IncomingMessage, response: ServerResponse) => {
    const record = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: await text(request),
    };
    seen.push(record);
    handler(record, response);
  };
}

function countConnections(server: Server, event = 'connection'): Set<Socket> {
  const connections = new Set<Socket>();
  server.on(event, (socket: Socket) => {
    socket.on('error', () => {});
    connections.add(socket);
  });
  server.on('connection', (socket: Socket) => onTestFinished(() => void socket.destroy()));
  return connections;
}

async function listen(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
