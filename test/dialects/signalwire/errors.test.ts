import { describe, expect, it } from 'vitest';
import { Problem, type ProblemKind } from '../../../core/problem.ts';
import { ERRORS, problem } from '../../../dialects/signalwire/errors.ts';

describe('A problem', () => {
  it.each<[ProblemKind, number, number]>([
    ['unauthorized', 401, 20003],
    ['unknown-route', 404, 20404],
    ['method-not-allowed', 405, 20004],
    ['malformed-body', 400, 20422],
    ['unsupported-media-type', 415, 20422],
    ['body-too-large', 413, 20422],
    ['missing-parameter', 422, 20422],
    ['invalid-parameter', 422, 20422],
    ['unknown-parameter', 422, 20422],
    ['invalid-document', 422, 12100],
    ['unknown-call', 404, 20404],
    ['unknown-number', 404, 20404],
    ['unknown-resource', 404, 20404],
    ['conflict', 409, 20409],
    ['limit-reached', 422, 20422],
    ['caller-id-not-owned', 422, 21210],
    ['no-caller-id', 422, 21213],
    ['unroutable', 422, 21217],
    ['wrong-state', 422, 21220],
    ['out-of-reach', 422, 21220],
    ['call-over', 422, 21220],
    ['not-finished', 409, 20009],
    ['invalid-page', 422, 21481],
    ['idempotency-mismatch', 422, 20422],
    ['too-many-requests', 429, 20429],
    ['internal', 500, 20500],
  ])('of the kind %s is a %i with the number %i', (kind, status, code) => {
    expect(problem(new Problem(kind, 'What to do.'))).toMatchObject({
      status,
      body: { code, message: 'What to do.', more_info: expect.stringContaining(String(code)), status },
    });
  });

  it('of every kind has its line', () => {
    expect(Object.keys(ERRORS)).toHaveLength(26);
  });

  it('is told under the number that its check knows', () => {
    expect(problem(new Problem('invalid-parameter', 'No.', { code: 21211 })).body).toMatchObject({
      code: 21211,
    });
  });

  it('has the four keys of the flat envelope, which both clients read', () => {
    expect(Object.keys(problem(new Problem('internal', 'x')).body as object)).toEqual([
      'code',
      'message',
      'more_info',
      'status',
    ]);
  });

  it('says when to come back after too many requests', () => {
    expect(problem(new Problem('too-many-requests', 'x')).headers).toEqual({ 'retry-after': '1' });
  });
});
