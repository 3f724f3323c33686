/** A table of routes as a plain node request listener: JSON in, JSON out. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface RouteRequest {
  /** What stood at the `{name}` places of the path, decoded. */
  params: Record<string, string>;
  /** The parsed JSON body; undefined when there was none. */
  body: unknown;
  query: URLSearchParams;
}

export interface RouteAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Route {
  method: string;
  /** As in `/_local/handsets/{number}/press`. */
  path: string;
  /** May throw; `onError` of the table makes an answer of it. */
  handle(request: RouteRequest): RouteAnswer | Promise<RouteAnswer>;
}

export interface RouteTable {
  routes: readonly Route[];
  /** Makes the answer to whatever a route threw, and to the errors below. */
  onError(error: unknown): RouteAnswer;
}

/** A request that no route can have: wrong path, method or body. */
export class RequestError extends Error {
  override name = 'RequestError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const MAX_BODY_BYTES = 1024 * 1024;

/** Serves the routes; never rejects, whatever arrives. */
export function createRouteListener({ routes, onError }: RouteTable): RequestListener {
  const compiled = routes.map(route => ({ route, pattern: pathPattern(route.path) }));

  async function answer(request: IncomingMessage): Promise<RouteAnswer> {
    const { pathname, searchParams } = target(request.url ?? '/');
    const matches = compiled.flatMap(({ route, pattern }) => {
      const match = pattern.exec(pathname);
      return match === null ? [] : [{ route, params: decodedParams(match.groups) }];
    });
    const found = matches.find(({ route }) => route.method === request.method);
    if (found === undefined) {
      const methods = matches.map(({ route }) => route.method).join(', ');
      throw matches.length === 0
        ? new RequestError(404, `There is nothing at ${pathname}.`)
        : new RequestError(405, `${pathname} takes ${methods}.`);
    }
    const body = await readJson(request);
    return found.route.handle({ params: found.params, body, query: searchParams });
  }

  return async (request, response) => {
    let result: RouteAnswer;
    try {
      result = await answer(request);
    } catch (error) {
      // A client that went away in mid-request is nobody's error, and nobody is left to be told.
      if (response.destroyed) return;
      result = onError(error);
    }
    const text = result.body === undefined ? '' : JSON.stringify(result.body);
    response.writeHead(result.status, { 'content-type': 'application/json', ...result.headers });
    response.end(text);
  };
}

function target(url: string): URL {
  try {
    return new URL(url, 'http://localhost');
  } catch {
    throw new RequestError(400, 'The request names no valid path.');
  }
}

function pathPattern(path: string): RegExp {
  const source = path
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>[^/]+)`);
  return new RegExp(`^${source}$`);
}

function decodedParams(groups: Record<string, string> | undefined): Record<string, string> {
  try {
    return Object.fromEntries(
      Object.entries(groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch (cause) {
    throw Object.assign(new RequestError(400, 'The path is not valid percent-encoding.'), { cause });
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) throw new RequestError(413, 'The body is larger than 1 MB.');
    chunks.push(chunk);
  }
  if (bytes === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw new RequestError(400, `The body is not valid JSON: ${(error as Error).message}`);
  }
}
