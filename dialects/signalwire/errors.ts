/** Problems in the flat envelope that both official clients read. */
import type { Problem, ProblemKind } from '../../core/problem.ts';
import type { ApiAnswer } from '../dialect.ts';

/**
 * HTTP status and code of each kind of problem; where a check knows a better code, that one is told. What cannot be
 * read is a 400; what can be read and says something wrong is a 422, as SignalWire mostly answers.
 */
export const ERRORS: Readonly<Record<ProblemKind, { status: number; code: number }>> = {
  unauthorized: { status: 401, code: 20003 },
  'unknown-route': { status: 404, code: 20404 },
  'method-not-allowed': { status: 405, code: 20004 },
  'malformed-body': { status: 400, code: 20422 },
  'unsupported-media-type': { status: 415, code: 20422 },
  'body-too-large': { status: 413, code: 20422 },
  'missing-parameter': { status: 422, code: 20422 },
  'invalid-parameter': { status: 422, code: 20422 },
  'unknown-parameter': { status: 422, code: 20422 },
  'invalid-document': { status: 422, code: 12100 },
  'unknown-call': { status: 404, code: 20404 },
  'unknown-number': { status: 404, code: 20404 },
  'unknown-resource': { status: 404, code: 20404 },
  conflict: { status: 409, code: 20409 },
  'limit-reached': { status: 422, code: 20422 },
  'caller-id-not-owned': { status: 422, code: 21210 },
  'no-caller-id': { status: 422, code: 21213 },
  unroutable: { status: 422, code: 21217 },
  'out-of-reach': { status: 422, code: 21220 },
  'wrong-state': { status: 422, code: 21220 },
  'call-over': { status: 422, code: 21220 },
  'not-finished': { status: 409, code: 20009 },
  'invalid-page': { status: 422, code: 21481 },
  'idempotency-mismatch': { status: 422, code: 20422 },
  'too-many-requests': { status: 429, code: 20429 },
  internal: { status: 500, code: 20500 },
};

/** Headers that HTTP wants with a status. */
const HEADERS: Readonly<Partial<Record<ProblemKind, Record<string, string>>>> = {
  'too-many-requests': { 'retry-after': '1' },
};

/** Of parameters that only the platform itself can judge. */
const CODES_BY_FIELD: Readonly<Record<string, number>> = { applicationSid: 21218 };

export function problem({ kind, message, field = '', code: better }: Problem): ApiAnswer {
  const { status, code: usual } = ERRORS[kind];
  const code = better ?? CODES_BY_FIELD[field] ?? usual;
  const headers = HEADERS[kind];
  return { status, ...(headers && { headers }), body: { code, message, more_info: moreInfo(code), status } };
}

/** Where the shared numbering is explained in public. */
export function moreInfo(code: number): string {
  return `https://www.twilio.com/docs/errors/${code}`;
}
