import { Problem } from '../../core/problem.ts';
import type { ApiRequest } from '../dialect.ts';

/** A name in the path, which the body may repeat but not contradict. Throws Problem: things are not renamed. */
export function nameInPath(
  field: 'name' | 'id',
  { params }: Pick<ApiRequest, 'params'>,
  body: { [field in 'name' | 'id']?: string | undefined } = {},
): string {
  const given = params[field] ?? '';
  const repeated = body[field];
  if (repeated === undefined || repeated === given) return given;
  throw new Problem('invalid-parameter', `${field} is another one than in the path, and cannot be changed.`, {
    field,
  });
}
