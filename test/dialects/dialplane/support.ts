import { Problem } from '../../../core/problem.ts';
import { dialplane } from '../../../dialects/dialplane/index.ts';

/** What a request's body is read as. Throws Problem. */
export function decode(line: string, json: unknown, params: Record<string, string> = {}): unknown {
  const [method, path] = line.split(' ');
  const route = dialplane.routes.find(each => each.method === method && each.path === path);
  if (route === undefined) throw new Error(`There is no route ${line}.`);
  return route.decode({
    method: route.method,
    path: route.path,
    params,
    query: [],
    headers: {},
    form: [],
    json,
    accountSid: `AC${'1'.repeat(32)}`,
    requestId: 'request-1',
    nowMs: 0,
  });
}

/** What is wrong with it. */
export function refusal(line: string, json: unknown, params?: Record<string, string>): Problem {
  try {
    decode(line, json, params);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error(`It was taken: ${JSON.stringify(json)}`);
}
