/** Problems as `{ "api_id": …, "error": … }`, by the HTTP statuses that Plivo's clients tell apart. */
import type { Problem, ProblemKind } from '../../core/problem.ts';
import type { ApiAnswer } from '../dialect.ts';
import { HTTP_STATUSES } from '../problem-status.ts';
import { apiId } from './api-id.ts';

/**
 * HTTP status of each kind of problem. What is done to a call is done to a live one: any other call is not found. Nothing that its
 * sender could mend is a 5xx, since the clients send such a request again.
 */
export const STATUSES: Readonly<Record<ProblemKind, number>> = {
  ...HTTP_STATUSES,
  'unsupported-media-type': 400,
  'body-too-large': 400,
  'limit-reached': 400,
  'wrong-state': 404,
  'out-of-reach': 400,
  'call-over': 404,
  'not-finished': 404,
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
