import { CLIENT_NAME } from '../../core/client.ts';
import { Problem } from '../../core/problem.ts';
import { ROUTE_ID } from '../../core/route.ts';
import { TRUNK_NAME } from '../../core/trunk.ts';
import type { ApiRequest } from '../dialect.ts';

const KINDS = {
  trunk: { field: 'name', form: TRUNK_NAME },
  route: { field: 'id', form: ROUTE_ID },
  client: { field: 'name', form: CLIENT_NAME },
} as const;

/**
 * The name in a path, which the body may repeat but not contradict: nothing is renamed. Throws Problem, at once for what
 * can be nobody's name.
 */
export function nameInPath(
  kind: keyof typeof KINDS,
  { params }: Pick<ApiRequest, 'params'>,
  body: { name?: string | undefined; id?: string | undefined } = {},
): string {
  const { field, form } = KINDS[kind];
  const given = params[field] ?? '';
  if (!form.test(given)) throw new Problem('unknown-resource', `There can be no ${kind} of that ${field}.`);
  const repeated = body[field];
  if (repeated === undefined || repeated === given) return given;
  throw new Problem('invalid-parameter', `${field} is another one than in the path, and cannot be changed.`, {
    field,
  });
}
