/** What the tests of this dialect are made of. */
import type { Application } from '../../../core/application.ts';
import type { Call } from '../../../core/call.ts';
import type { CallEvent } from '../../../core/event.ts';
import type { OperationName, PhoneNumber } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import type { ApiRequest, Route } from '../../../dialects/dialect.ts';
import { signalwire } from '../../../dialects/signalwire/index.ts';

export const ACCOUNT = 'AC0123456789abcdef0123456789abcdef';
export const ACCOUNT_UUID = '01234567-89ab-cdef-0123-456789abcdef';
export const CALL = 'CAfedcba9876543210fedcba9876540000';
export const CALL_UUID = 'fedcba98-7654-3210-fedc-ba9876540000';
export const NUMBER = 'PN00112233445566778899aabbccddeeff';
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

export const aFinishedCall = (over: Partial<Call> = {}) =>
  aCall({ status: 'completed', endedAtMs: NOW_MS + 61_000, sipCode: 200, ...over });

export const aNumber = (over: Partial<PhoneNumber> = {}): PhoneNumber => ({
  sid: NUMBER,
  number: '+12025550110',
  accountSid: ACCOUNT,
  dialect: 'signalwire',
  friendlyName: 'Front desk',
  voice: { url: 'https://example.com/voice', method: 'GET' },
  createdAtMs: NOW_MS,
  updatedAtMs: NOW_MS,
  ...over,
});

export const APPLICATION = 'AP8899aabbccddeeff0011223344556677';

export const anApplication = (over: Partial<Application> = {}): Application => ({
  sid: APPLICATION,
  accountSid: ACCOUNT,
  dialect: 'signalwire',
  friendlyName: 'Desk',
  voice: { url: 'https://example.com/voice', method: 'GET' },
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
      metadata: { id: `${CALL}-4`, version: 1, occurredAt: '2024-04-04T18:32:15.678Z', sequenceNumber: 7 },
      call: {
        sid: CALL,
        accountSid: ACCOUNT,
        dialect: 'signalwire',
        direction: 'outbound-api',
        to: '+15559876543',
        from: '+15551234567',
        status: 'completed',
        durationSeconds: 61,
        ...over.call,
      },
      callback: { subscribed: true, event: 'completed', sequenceNumber: 4, order: 3, ...over.callback },
    },
  };
}

/** A request as the API hands it over; the path decides its `params`. */
export function aRequest(
  path: string,
  over: { query?: string; form?: Record<string, string | string[]>; json?: unknown; method?: string } = {},
): { request: ApiRequest; route: Route } {
  const { query = '', form, json, method = form || json ? 'POST' : 'GET' } = over;
  const route = signalwire.routes.find(each => each.method === method && matchPath(each.path, path));
  if (route === undefined) throw new Error(`No route has ${method} ${path}.`);
  const request: ApiRequest = {
    method,
    path,
    params: matchPath(route.path, path) ?? {},
    query: [...new URLSearchParams(query)],
    headers: {},
    form: Object.entries(form ?? {}).flatMap(([name, value]) =>
      [value].flat().map(each => [name, each] as [string, string]),
    ),
    json,
    accountSid: ACCOUNT,
    requestId: 'request-1',
    nowMs: NOW_MS,
  };
  return { request, route };
}

export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const source = pattern.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const match = new RegExp(`^${source}$`).exec(path);
  return match === null ? undefined : { ...match.groups };
}

/** The route's input for a request. */
export function decoded(...args: Parameters<typeof aRequest>): unknown {
  const { request, route } = aRequest(...args);
  return route.decode(request);
}

/** The answer to a request whose operation came to `result`. */
export function answered(result: unknown, ...args: Parameters<typeof aRequest>) {
  const { request, route } = aRequest(...args);
  route.decode(request);
  const answer = route.encode(result as never, request);
  return {
    ...answer,
    body: answer.body as Record<string, unknown>,
    operation: route.operation as OperationName,
  };
}

/** The Problem that a request is refused with. */
export function refused(...args: Parameters<typeof aRequest>): Problem {
  try {
    decoded(...args);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('The request was not refused.');
}

export const CALLS = `/2010-04-01/Accounts/${ACCOUNT}/Calls.json`;
export const ONE_CALL = `/2010-04-01/Accounts/${ACCOUNT}/Calls/${CALL}.json`;
