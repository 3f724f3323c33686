import type { Call } from '../../../core/call.ts';
import type { CallEvent } from '../../../core/event.ts';
import { callFacts } from '../../../core/event.ts';
import { Problem } from '../../../core/problem.ts';
import { toAuthId, toUuid } from '../../../core/sid.ts';
import type { ApiAnswer, ApiRequest, Route } from '../../../dialects/dialect.ts';
import { plivo } from '../../../dialects/plivo/index.ts';
import { matchPath } from '../signalwire/fixtures.ts';

export const ACCOUNT = 'AC0123456789abcdef0123456789abcdef';
export const AUTH_ID = toAuthId(ACCOUNT);
export const TOKEN = 'a token of thirty-two characters';
export const CALL = 'CA0123456789abcdef0123456789ab0000';
export const CALL_UUID = toUuid(CALL);
export const REQUEST_ID = '01234567-89ab-cdef-0123-456789abcdef';
export const NOW_MS = Date.UTC(2026, 0, 31, 18, 30, 0, 123);
export const PATH = `/v1/Account/${AUTH_ID}`;

export const aCall = (over: Partial<Call> = {}): Call => ({
  sid: CALL,
  direction: 'outbound-api',
  to: '+12025550100',
  from: '+12025550110',
  status: 'in-progress',
  createdAtMs: NOW_MS - 5_000,
  updatedAtMs: NOW_MS,
  startedAtMs: NOW_MS - 4_000,
  answeredAtMs: NOW_MS,
  nextEvent: 3,
  nextCallback: 1,
  ...over,
});

export const aFinishedCall = (over: Partial<Call> = {}): Call =>
  aCall({ status: 'completed', endedAtMs: NOW_MS + 61_000, ...over });

/** One that was dialled, and answered nothing. */
export const anUnanswered = (status: Call['status'], over: Partial<Call> = {}): Call => {
  const { answeredAtMs: _, ...call } = aCall({ status, endedAtMs: NOW_MS, ...over });
  return call;
};

export const anEvent = (
  call: Call,
  event: NonNullable<CallEvent['detail']['callback']>['event'],
): CallEvent => ({
  type: 'Call Completed',
  detail: {
    metadata: {
      id: `${call.sid}-4`,
      version: 1,
      occurredAt: new Date(NOW_MS).toISOString(),
      sequenceNumber: 4,
    },
    call: callFacts(call, ACCOUNT, 'plivo'),
    callback: { subscribed: true, event, sequenceNumber: 0, order: 0 },
  },
});

export function aRequest(
  path: string,
  over: { query?: string; json?: unknown; method?: string } = {},
): { request: ApiRequest; route: Route } {
  const { query = '', json, method = json === undefined ? 'GET' : 'POST' } = over;
  const route = plivo.routes.find(each => each.method === method && matchPath(each.path, path));
  if (route === undefined) throw new Error(`No route has ${method} ${path}.`);
  const request: ApiRequest = {
    method,
    path: `${path}/`,
    params: matchPath(route.path, path) ?? {},
    query: [...new URLSearchParams(query)],
    headers: {},
    form: [],
    json: json === undefined ? undefined : JSON.parse(JSON.stringify(json)),
    accountSid: ACCOUNT,
    requestId: REQUEST_ID,
    nowMs: NOW_MS,
  };
  return { request, route };
}

/** What a request comes to. */
export function decoded(...args: Parameters<typeof aRequest>): unknown {
  const { request, route } = aRequest(...args);
  return route.decode(request);
}

/** What it is answered, once its operation has come to that. */
export function answered(result: unknown, ...args: Parameters<typeof aRequest>): ApiAnswer {
  const { request, route } = aRequest(...args);
  route.decode(request);
  return route.encode(result as never, request);
}

/** What it is refused with. */
export function refused(...args: Parameters<typeof aRequest>): Problem {
  try {
    decoded(...args);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('It was taken.');
}
