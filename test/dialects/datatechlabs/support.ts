/** The dialect's routes as the API uses them: a body in, an operation or an answer out. */
import type { PlaceCall } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import { datatechlabs } from '../../../dialects/datatechlabs/index.ts';
import type { ApiAnswer, ApiRequest, Route } from '../../../dialects/dialect.ts';

export const TO_A = '+12025550100';
export const TO_B = '+12025550107';
export const OWN = '+12025550110';
export const OWN_TOO = '+12025550111';
export const ACCOUNT_SID = `AC${'1'.repeat(32)}`;

export const legA = (more: object = {}) => ({ to: TO_A, ...more });
export const legB = (more: object = {}) => ({ to: TO_B, ...more });
/** A request that is right, with more in it. */
export const body = (more: object = {}) => ({ leg_A: legA(), leg_B: legB(), ...more });

export function routeOf(method: string, path: string): Route {
  const route = datatechlabs.routes.find(each => each.method === method && each.path === path);
  if (route === undefined) throw new Error(`There is no ${method} ${path}.`);
  return route;
}

export const POST_CALLBACK = routeOf('POST', '/voice/call/callback');
export const GET_STATUS = routeOf('GET', '/voice/call/status/{requestId}');

export const apiRequest = (more: Partial<ApiRequest> = {}): ApiRequest => ({
  method: 'POST',
  path: '/voice/call/callback',
  params: {},
  query: [],
  headers: {},
  form: [],
  json: undefined,
  accountSid: ACCOUNT_SID,
  requestId: 'request-1',
  nowMs: Date.UTC(2026, 0, 1),
  ...more,
});

export const decode = (json: unknown): PlaceCall => POST_CALLBACK.decode(apiRequest({ json })) as PlaceCall;

/** What a body of a callback request is refused with. */
export const refusal = (json: unknown): Problem => problemOf(() => decode(json));

/** The Problem that something ends in. */
export function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('It was taken.');
}

/** …as whoever sent it sees it. */
export const answerTo = (problem: Problem): ApiAnswer =>
  datatechlabs.problem(problem, { method: 'POST', path: '', headers: {}, requestId: 'request-1' });
