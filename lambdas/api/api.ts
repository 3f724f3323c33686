/**
 * The API: one function for every dialect. A dialect's routes decode requests into operations and encode their
 * results; what lies between is the same for all.
 */
import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { createAccounts } from '../../aws/accounts.ts';
import { createTable } from '../../aws/table.ts';
import { createTokens } from '../../aws/tokens.ts';
import { Problem } from '../../core/problem.ts';
import { newUuid } from '../../core/sid.ts';
import type { ApiAnswer, HttpApi, ProblemRequest, Route } from '../../dialects/dialect.ts';
import { DIALECTS } from '../dialects.ts';
import type { FunctionContext } from '../function-context.ts';
import { createLog, errorFields } from '../log.ts';
import { createAuthentication } from './authentication.ts';
import { OPENAPI_PATH, openApi } from './openapi.ts';
import { createOperations } from './operations/index.ts';
import { decodeRequest } from './request.ts';

export type Api = (
  event: APIGatewayProxyEventV2,
  context?: unknown,
) => Promise<APIGatewayProxyStructuredResultV2>;

export function createApi(context: FunctionContext): Api {
  const { env, clock } = context;
  const log = createLog(env);
  const table = createTable(env);
  const authenticate = createAuthentication(createAccounts(table, createTokens(env, clock)));
  const operations = createOperations(context);

  const serve = (dialect: HttpApi, route: Route) => async (event: APIGatewayProxyEventV2) => {
    try {
      const accountSid = await authenticate(event.headers['authorization']);
      const request = decodeRequest(event, accountSid, clock.now());
      const input = route.decode(request);
      const { result, headers } = await operations[route.operation](input, { request, dialect });
      return respond(route.encode(result, request), headers);
    } catch (error) {
      return respond(dialect.problem(asProblem(error, event), requestOf(event)), challenge(error));
    }
  };

  /** What a caller can mend is told; what is ours is logged, and told as no more than that. */
  function asProblem(error: unknown, event: APIGatewayProxyEventV2): Problem {
    if (error instanceof Problem && error.kind !== 'internal') return error;
    const requestId = event.requestContext.requestId;
    log('error', 'A request failed', { requestId, path: event.rawPath, ...errorFields(error) });
    return new Problem(
      'internal',
      `Something went wrong on our side. Try again; if it stays, report request ${requestId}.`,
      {
        cause: error,
      },
    );
  }

  return middy(
    httpRouter({
      routes: [
        { method: 'GET', path: OPENAPI_PATH, handler: (async () => respond(await openApi())) as never },
        ...DIALECTS.flatMap(dialect =>
          dialect.routes.map(route => ({
            method: route.method,
            path: route.path,
            handler: serve(dialect, route) as never,
          })),
        ),
      ],
      // The router tells no more than method and path.
      notFoundResponse: (({ method, path }: { method: string; path: string }) =>
        nowhere({ method, path, headers: {}, requestId: newUuid(context.random) })) as never,
    }),
  ) as unknown as Api;
}

const requestOf = ({ rawPath, headers, requestContext }: APIGatewayProxyEventV2): ProblemRequest => ({
  method: requestContext.http.method,
  path: rawPath,
  headers,
  requestId: requestContext.requestId,
});

/** A path that no route has is answered in the words of the dialect whose paths it looks most like. */
function nowhere(request: ProblemRequest): APIGatewayProxyStructuredResultV2 {
  const { method, path } = request;
  const closest = DIALECTS.map(dialect => ({ dialect, shared: sharedSegments(dialect, path) })).reduce(
    (best, each) => (each.shared > best.shared ? each : best),
  );
  const methods = methodsAt(path);
  const problem =
    methods.length === 0
      ? new Problem('unknown-route', `There is nothing at ${path}. The paths are in the documentation.`)
      : new Problem('method-not-allowed', `${path} takes ${methods.join(', ')}, not ${method}.`);
  return respond(
    closest.dialect.problem(problem, request),
    methods.length > 0 ? { allow: methods.join(', ') } : {},
  );
}

function sharedSegments(dialect: HttpApi, path: string): number {
  const segments = path.split('/');
  return Math.max(
    ...dialect.routes.map(route => {
      const own = route.path.split('/');
      const differs = segments.findIndex(
        (segment, index) => own[index] !== segment && !own[index]?.startsWith('{'),
      );
      return differs === -1 ? segments.length : differs;
    }),
  );
}

function methodsAt(path: string): string[] {
  if (path === OPENAPI_PATH) return ['GET'];
  const matches = (route: Route) =>
    new RegExp(`^${route.path.replace(/[.+]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}/?$`).test(path);
  return [...new Set(DIALECTS.flatMap(({ routes }) => routes.filter(matches).map(({ method }) => method)))];
}

function respond(
  { status, headers = {}, body }: ApiAnswer,
  more: Record<string, string> = {},
): APIGatewayProxyStructuredResultV2 {
  const isText = typeof body === 'string';
  return {
    statusCode: status,
    headers: {
      ...(body !== undefined && !isText && { 'content-type': 'application/json' }),
      ...more,
      ...headers,
    },
    ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
  };
}

const challenge = (error: unknown): Record<string, string> =>
  error instanceof Problem && error.kind === 'unauthorized'
    ? { 'www-authenticate': 'Basic realm="Dialplane"' }
    : {};
