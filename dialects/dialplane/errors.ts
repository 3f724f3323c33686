/** Problems as `{ "error": { "code", "message", "field" } }`: the code is the kind, the field what it is about. */
import * as z from 'zod';
import type { Problem, ProblemKind } from '../../core/problem.ts';
import type { ApiAnswer } from '../dialect.ts';

/** The HTTP status of each kind of problem. */
export const STATUSES: Readonly<Record<ProblemKind, number>> = {
  unauthorized: 401,
  'unknown-route': 404,
  'method-not-allowed': 405,
  'malformed-body': 400,
  'unsupported-media-type': 415,
  'body-too-large': 413,
  'missing-parameter': 400,
  'invalid-parameter': 400,
  'unknown-parameter': 400,
  'invalid-document': 400,
  'unknown-call': 404,
  'unknown-number': 404,
  'unknown-resource': 404,
  conflict: 409,
  'limit-reached': 409,
  'caller-id-not-owned': 400,
  'no-caller-id': 400,
  unroutable: 400,
  'wrong-state': 409,
  'call-over': 409,
  'not-finished': 409,
  'invalid-page': 400,
  'idempotency-mismatch': 409,
  'too-many-requests': 429,
  internal: 500,
};

export const problemAnswer = z
  .object({
    error: z.object({
      code: z.enum(Object.keys(STATUSES) as [ProblemKind, ...ProblemKind[]]),
      message: z.string().describe('What is wrong, and what to do.'),
      field: z.string().optional(),
    }),
  })
  .meta({ id: 'Problem' });

export function problem({ kind, message, field }: Problem): ApiAnswer {
  return {
    status: STATUSES[kind],
    body: { error: { code: kind, message, ...(field !== undefined && { field }) } },
  };
}
