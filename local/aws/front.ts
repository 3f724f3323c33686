import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsRequest, AwsResponse, AwsService } from './service.ts';

/** One request and its answer, as the front saw them go by. */
export interface AwsCall {
  readonly request: AwsRequest;
  readonly response: AwsResponse;
}

export interface FrontOptions {
  /** By signing name, the word in `Credential=…/<region>/<service>/aws4_request`. */
  services: Record<string, AwsService>;
  /** Answers a request in its service's place, for example because its caller has no right to it. */
  refuse?: (request: AwsRequest) => AwsResponse | undefined;
  /** Told of every request once it is answered, before the client has the answer. */
  observe?: (call: AwsCall) => void;
  /** Told what a service threw; its client gets a 500. */
  onFault?: (error: unknown) => void;
  /** Called when a request has arrived; what it returns is called when the answer has left. */
  begin?: (request: AwsRequest) => () => void;
}

export interface Front {
  /** `http://127.0.0.1:<port>`: the endpoint URL of every emulated service. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The one loopback address of all emulated AWS services.
 *
 * A request says in its signature which service it is for and with which access key it was made, so that the real SDK
 * clients need nothing but this URL as endpoint. Signatures are read, not checked.
 */
export async function startFront(options: FrontOptions): Promise<Front> {
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing, options).catch(error => {
      options.onFault?.(error);
      if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify({ __type: 'InternalFailure', message: String(error) }));
    });
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: FrontOptions,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const signature = readCredential(incoming);
  if (signature === undefined) {
    outgoing.writeHead(403, { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() });
    outgoing.end(
      JSON.stringify({
        __type: 'MissingAuthenticationTokenException',
        message: 'Missing Authentication Token',
      }),
    );
    return;
  }
  const service = Object.hasOwn(options.services, signature.service)
    ? options.services[signature.service]
    : undefined;
  if (service === undefined) {
    outgoing.writeHead(501, { 'content-type': 'application/json' });
    outgoing.end(
      JSON.stringify({
        __type: 'NotImplemented',
        message: `There is no ${signature.service} on the local platform.`,
      }),
    );
    return;
  }
  const request: AwsRequest = {
    ...signature,
    method: incoming.method ?? 'GET',
    url: incoming.url ?? '/',
    headers: incoming.headers,
    body: Buffer.concat(chunks),
    abandoned: () => outgoing.closed,
  };
  const end = options.begin?.(request);
  try {
    const response = options.refuse?.(request) ?? (await service(request));
    options.observe?.({ request, response });
    const body = Buffer.from(response.body);
    // The answer to HEAD says how long the body would be.
    const length = incoming.method === 'HEAD' ? {} : { 'content-length': body.length };
    outgoing.writeHead(response.status, { ...response.headers, ...length });
    await new Promise<void>(resolve => {
      outgoing.once('close', resolve);
      outgoing.end(body, resolve);
    });
  } finally {
    end?.();
  }
}

/** `AWS4-HMAC-SHA256 Credential=<key id>/<date>/<region>/<service>/aws4_request, …`, or the same in a presigned URL. */
function readCredential(incoming: IncomingMessage): { caller: string; service: string } | undefined {
  const presigned = new URLSearchParams((incoming.url ?? '').split('?')[1] ?? '').get('X-Amz-Credential');
  const scope = /Credential=([^,\s]+)/.exec(incoming.headers.authorization ?? '')?.[1] ?? presigned;
  const [caller, , , service] = scope?.split('/') ?? [];
  return caller && service ? { caller, service } : undefined;
}
