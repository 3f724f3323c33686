import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FunctionHost } from '../aws/lambda/function-host.ts';
import type { PlatformClock } from '../clock/platform-clock.ts';
import { functionResponse, type GatewayResponse, gatewayMessage } from './function-response.ts';
import { requestEvent } from './request-event.ts';

/** Quotas of an HTTP API: payload size, and header bytes (request line included). */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_HEADER_BYTES = 10_240;
const INTEGRATION_TIMEOUT_MS = 30_000;

/** Answers a request under `/_local/`, which never reaches a function. */
export type LocalRoutes = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

export interface GatewayOptions {
  /** 0 for any that is free. */
  port: number;
  host: FunctionHost;
  functionName: string;
  clock: PlatformClock;
  localRoutes: LocalRoutes;
  /** Told of every request that was answered by the function or in its place. */
  onRequest?: (request: { method: string; path: string; status: number; durationMs: number }) => void;
}

export interface Gateway {
  url: string;
  port: number;
  close(): Promise<void>;
}

/**
 * An HTTP API of API Gateway with one function behind `$default`, on loopback.
 *
 * @throws {NodeJS.ErrnoException} `EADDRINUSE` and its like when the port cannot be had
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (incoming, outgoing) => {
    serve(incoming, outgoing, options).catch(error => {
      console.error(error);
      if (!outgoing.headersSent) send(outgoing, gatewayMessage(500));
      outgoing.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // Whoever holds a connection open without a request, or with one that does not end, is not waited for.
        setTimeout(() => server.closeAllConnections(), 100).unref();
      }),
  };
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: GatewayOptions,
): Promise<void> {
  const path = (incoming.url ?? '/').split('?')[0] ?? '/';
  let release = options.clock.hold(`${incoming.method} ${path}`);
  outgoing.once('close', () => release());
  if (path === '/_local' || path.startsWith('/_local/')) return options.localRoutes(incoming, outgoing);
  const startedAt = performance.now();
  const body = await readBody(incoming);
  const invoking = body && invoke(incoming, body, options);
  // While the function has it, what the function does decides whether time may pass.
  release();
  const response = (await invoking) ?? gatewayMessage(413);
  release = options.clock.hold(`answer to ${incoming.method} ${path}`);
  send(outgoing, response);
  options.onRequest?.({
    method: incoming.method ?? '',
    path,
    status: response.status,
    durationMs: Math.round(performance.now() - startedAt),
  });
}

async function invoke(
  incoming: IncomingMessage,
  body: Buffer,
  options: GatewayOptions,
): Promise<GatewayResponse> {
  const event = requestEvent(incoming, body, options.clock.now());
  const invocation = options.host.invoke(options.functionName, JSON.stringify(event));
  const outcome = await Promise.race([invocation, timeout(options.clock, invocation)]);
  if (outcome === 'too late') return gatewayMessage(503);
  if (outcome.functionError !== undefined) return gatewayMessage(500);
  return functionResponse(JSON.parse(outcome.payload)) ?? gatewayMessage(500);
}

function timeout(clock: PlatformClock, over: Promise<unknown>): Promise<'too late'> {
  return new Promise(resolve => {
    const timer = clock.after(INTEGRATION_TIMEOUT_MS, () => resolve('too late'));
    over.then(timer.cancel, timer.cancel);
  });
}

function send(outgoing: ServerResponse, response: GatewayResponse): void {
  outgoing.writeHead(response.status, {
    ...response.headers,
    'apigw-requestid': randomUUID(),
    ...(response.cookies.length === 0 ? {} : { 'set-cookie': response.cookies }),
    ...(response.status === 204 || response.status === 304 ? {} : { 'content-length': response.body.length }),
  });
  outgoing.end(response.body);
}

/** Undefined when it is too large; the rest is then read and dropped, so that the client gets the answer. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += (chunk as Buffer).length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk as Buffer);
  }
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
}
