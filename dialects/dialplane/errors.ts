/** Problems as `{ "error": { "code", "message", "field" } }`: the code is the kind, the field what it is about. */
import * as z from 'zod';
import type { Problem, ProblemKind } from '../../core/problem.ts';
import type { ApiAnswer } from '../dialect.ts';
import { HTTP_STATUSES } from '../problem-status.ts';

export const problemAnswer = z
  .object({
    error: z.object({
      code: z.enum(Object.keys(HTTP_STATUSES) as [ProblemKind, ...ProblemKind[]]),
      message: z.string().describe('What is wrong, and what to do.'),
      field: z.string().optional(),
    }),
  })
  .meta({ id: 'Problem' });

export function problem({ kind, message, field }: Problem): ApiAnswer {
  return {
    status: HTTP_STATUSES[kind],
    body: { error: { code: kind, message, ...(field !== undefined && { field }) } },
  };
}
