import { describe, expect, it } from 'vitest';
import { Problem, type ProblemKind } from '../../../core/problem.ts';
import { problem } from '../../../dialects/dialplane/errors.ts';
import { HTTP_STATUSES } from '../../../dialects/problem-status.ts';

describe('A problem', () => {
  it('is told by its kind, in words, with the field that it is about', () => {
    const told = problem(new Problem('invalid-parameter', 'host must be a host.', { field: 'host' }));

    expect(told).toEqual({
      status: 400,
      body: { error: { code: 'invalid-parameter', message: 'host must be a host.', field: 'host' } },
    });
  });

  it('about nothing in particular has no field', () => {
    expect(problem(new Problem('unauthorized', 'Authenticate.')).body).toEqual({
      error: { code: 'unauthorized', message: 'Authenticate.' },
    });
  });

  it.each<[ProblemKind, number]>([
    ['unauthorized', 401],
    ['unknown-resource', 404],
    ['conflict', 409],
    ['limit-reached', 409],
    ['unknown-parameter', 400],
    ['internal', 500],
  ])('of the kind %s is a %i', (kind, status) => {
    expect(problem(new Problem(kind, 'x')).status).toBe(status);
  });

  it('is never a success', () => {
    expect(Object.values(HTTP_STATUSES).filter(status => status < 400)).toEqual([]);
  });
});
