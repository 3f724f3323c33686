/** Problems in the envelope of this API: `code` is never 0, `status` is the HTTP status, `data` says it in words. */
import type { Problem, ProblemKind } from '../../core/problem.ts';
import type { ApiAnswer } from '../dialect.ts';

/** Ours: the platform's own numbers are not published. */
export const ERRORS: Readonly<Record<ProblemKind, { status: number; code: number }>> = {
  unauthorized: { status: 401, code: 101 },
  'unknown-route': { status: 404, code: 102 },
  'method-not-allowed': { status: 405, code: 103 },
  'too-many-requests': { status: 429, code: 104 },
  'malformed-body': { status: 400, code: 201 },
  'unsupported-media-type': { status: 415, code: 202 },
  'body-too-large': { status: 413, code: 203 },
  'missing-parameter': { status: 400, code: 204 },
  'invalid-parameter': { status: 400, code: 205 },
  'unknown-parameter': { status: 400, code: 206 },
  'invalid-document': { status: 400, code: 207 },
  'idempotency-mismatch': { status: 409, code: 208 },
  'invalid-page': { status: 400, code: 209 },
  unroutable: { status: 400, code: 301 },
  'caller-id-not-owned': { status: 400, code: 302 },
  'no-caller-id': { status: 400, code: 303 },
  'unknown-call': { status: 404, code: 304 },
  'unknown-number': { status: 404, code: 305 },
  'wrong-state': { status: 409, code: 306 },
  'call-over': { status: 409, code: 311 },
  'not-finished': { status: 409, code: 307 },
  'unknown-resource': { status: 404, code: 308 },
  conflict: { status: 409, code: 309 },
  'limit-reached': { status: 409, code: 310 },
  'out-of-reach': { status: 409, code: 312 },
  internal: { status: 500, code: 900 },
};

export function problem({ kind, message }: Problem): ApiAnswer {
  const { status, code } = ERRORS[kind];
  return { status, body: { code, status, data: message } };
}
