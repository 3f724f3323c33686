/** What the tests of this dialect are made of. */
import type { Application } from '../../../core/application.ts';
import type { Call } from '../../../core/call.ts';
import type { Client } from '../../../core/client.ts';
import type { CallEvent } from '../../../core/event.ts';
import type { PhoneNumber } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import type { ApiAnswer, ApiRequest, Route } from '../../../dialects/dialect.ts';
import { restcomm } from '../../../dialects/restcomm/index.ts';

export const ACCOUNT = 'AC0123456789abcdef0123456789abcdef';
export const CALL = 'CAfedcba9876543210fedcba9876540000';
export const CHILD = 'CAfedcba9876543210fedcba9876540001';
export const NUMBER = 'PN00112233445566778899aabbccddeeff';
export const APPLICATION = 'AP00112233445566778899aabbccddeeff';
export const TOKEN = 'a token of thirty-two characters';
export const NOW_MS = Date.UTC(2024, 3, 4, 18, 32, 15);

export const aCall = (over: Partial<Call> = {}): Call => ({
  sid: CALL,
  direction: 'outbound-api',
  to: '+12025550100',
  from: '+12025550110',
  status: 'in-progress',
  createdAtMs: NOW_MS - 5_000,
  updatedAtMs: NOW_MS,
  startedAtMs: NOW_MS - 3_000,
  answeredAtMs: NOW_MS,
  nextEvent: 0,
  nextCallback: 0,
  ...over,
});

export const aNumber = (over: Partial<PhoneNumber> = {}): PhoneNumber => ({
  sid: NUMBER,
  number: '+12025550110',
  accountSid: ACCOUNT,
  dialect: 'restcomm',
  friendlyName: 'Front desk',
  voice: { url: 'https://example.com/voice', method: 'GET' },
  createdAtMs: NOW_MS,
  updatedAtMs: NOW_MS,
  ...over,
});

export const anApplication = (over: Partial<Application> = {}): Application => ({
  sid: APPLICATION,
  accountSid: ACCOUNT,
  dialect: 'restcomm',
  friendlyName: 'Desk',
  voice: { url: 'https://example.com/voice', method: 'POST' },
  createdAtMs: NOW_MS,
  updatedAtMs: NOW_MS,
  ...over,
});

export const aClient = (over: Partial<Client> = {}): Client => ({
  name: 'alice',
  accountSid: ACCOUNT,
  secret: { ciphertext: 'c2VhbGVk' },
  createdAtMs: NOW_MS,
  updatedAtMs: NOW_MS,
  ...over,
});

export function anEvent(
  over: {
    call?: Partial<CallEvent['detail']['call']>;
    callback?: Partial<NonNullable<CallEvent['detail']['callback']>>;
  } = {},
): CallEvent {
  return {
    type: 'Call Completed',
    detail: {
      metadata: { id: `${CHILD}-4`, version: 1, occurredAt: '2024-04-04T18:32:15.678Z', sequenceNumber: 7 },
      call: {
        sid: CHILD,
        parentSid: CALL,
        accountSid: ACCOUNT,
        dialect: 'restcomm',
        direction: 'outbound-dial',
        to: 'sip:alice@example.com',
        from: 'bob',
        status: 'completed',
        durationSeconds: 61,
        ...over.call,
      },
      callback: { subscribed: true, event: 'completed', sequenceNumber: 0, order: 3, ...over.callback },
    },
  };
}

export const BASE = `/restcomm/2012-04-24/Accounts/${ACCOUNT}`;
export const CALLS = `${BASE}/Calls.json`;
export const ONE_CALL = `${BASE}/Calls.json/${CALL}`;

export interface RequestParts {
  method?: string;
  query?: string;
  form?: Record<string, string>;
  headers?: Record<string, string>;
}

/** A request as the API hands it over; the path decides its `params`. */
export function aRequest(
  path: string,
  { query = '', form, headers = {}, ...over }: RequestParts = {},
): { request: ApiRequest; route: Route } {
  const method = over.method ?? (form ? 'POST' : 'GET');
  const route = restcomm.routes.find(each => each.method === method && matchPath(each.path, path));
  if (route === undefined) throw new Error(`No route has ${method} ${path}.`);
  const request: ApiRequest = {
    method,
    path,
    params: matchPath(route.path, path) ?? {},
    query: [...new URLSearchParams(query)],
    headers,
    form: Object.entries(form ?? {}),
    json: undefined,
    requestId: 'request-1',
    accountSid: ACCOUNT,
    nowMs: NOW_MS,
  };
  return { request, route };
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const source = pattern.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const match = new RegExp(`^${source}$`).exec(path);
  return match === null ? undefined : { ...match.groups };
}

/** The route's input for a request. */
export function decoded(...args: Parameters<typeof aRequest>): unknown {
  const { request, route } = aRequest(...args);
  return route.decode(request);
}

/** The answer to a request whose operation came to `result`; a refusal is one as well. */
export function answered(result: unknown, path: string, parts: RequestParts = {}): ApiAnswer {
  const { request, route } = aRequest(path, parts);
  try {
    route.decode(request);
    return route.encode(result as never, request);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return restcomm.problem(error, request);
  }
}

/** A JSON answer's body. */
export const bodyOf = (...args: Parameters<typeof answered>) =>
  answered(...args).body as Record<string, unknown>;
