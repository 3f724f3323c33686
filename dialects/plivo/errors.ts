/** Problems as `{ "api_id": …, "error": … }`, by the HTTP statuses that Plivo's clients tell apart. */
import type { Problem, ProblemKind } from '../../core/problem.ts';
import type { ApiAnswer } from '../dialect.ts';
import { apiId } from './api-id.ts';

/**
 * HTTP status of each kind of problem. What is done to a call is done to a live one: any other call is not found. Nothing that its
 * sender could mend is a 5xx, since the clients send such a request again.
 */
export const STATUSES: Readonly<Record<ProblemKind, number>> = {
  unauthorized: 401,
  'unknown-route': 404,
  'method-not-allowed': 405,
  'malformed-body': 400,
  'unsupported-media-type': 400,
  'body-too-large': 400,
  'missing-parameter': 400,
  'invalid-parameter': 400,
  'unknown-parameter': 400,
  'invalid-document': 400,
  'unknown-call': 404,
  'unknown-number': 404,
  'unknown-resource': 404,
  conflict: 409,
  'limit-reached': 400,
  'caller-id-not-owned': 400,
  'no-caller-id': 400,
  unroutable: 400,
  'wrong-state': 404,
  'call-over': 404,
  'not-finished': 404,
  'invalid-page': 400,
  'idempotency-mismatch': 409,
  'too-many-requests': 429,
  internal: 500,
};

/** Headers that HTTP wants with a status. */
const HEADERS: Readonly<Partial<Record<ProblemKind, Record<string, string>>>> = {
  'too-many-requests': { 'retry-after': '1' },
};

export function problem({ kind, message, field }: Problem, { requestId }: { requestId: string }): ApiAnswer {
  const headers = HEADERS[kind];
  const error = kind === 'missing-parameter' && field ? `${field} parameter is missing` : message;
  return { status: STATUSES[kind], ...(headers && { headers }), body: { api_id: apiId(requestId), error } };
}
