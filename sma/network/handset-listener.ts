/** The handsets over HTTP, under `/_local/`: what the local platform and the tool serve. Numbers in paths have no plus. */
import {
  createRouteListener,
  RequestError,
  type RequestListener,
  type Route,
  type RouteAnswer,
} from '../http/routes.ts';
import { HandsetError } from './handset.ts';
import type { HandsetScript } from './handset-script.ts';
import type { Handsets } from './handsets.ts';

/** Routes for a table of one's own; their errors are answered by `handsetErrorAnswer`. */
export function handsetRoutes(handsets: Handsets): Route[] {
  const at = (path: string) => `/_local/handsets${path}`;
  const numberIn = (params: Record<string, string>): string => params['number'] ?? '';
  return [
    { method: 'GET', path: at(''), handle: () => ok({ handsets: handsets.list() }) },
    { method: 'GET', path: at('/{number}'), handle: ({ params }) => ok(handsets.get(numberIn(params))) },
    {
      method: 'PUT',
      path: at('/{number}'),
      handle: ({ params, body }) => ok(handsets.setScript(numberIn(params), body as HandsetScript)),
    },
    {
      method: 'POST',
      path: at('/{number}/dial'),
      handle: ({ params, body }) =>
        ok(handsets.dial(numberIn(params), textIn(body, 'to', '{"to":"+12025550110"}'))),
    },
    {
      method: 'POST',
      path: at('/{number}/answer'),
      handle: ({ params }) => ok(handsets.answer(numberIn(params))),
    },
    {
      method: 'POST',
      path: at('/{number}/hangup'),
      handle: ({ params }) => ok(handsets.hangUp(numberIn(params))),
    },
    {
      method: 'POST',
      path: at('/{number}/press'),
      handle: ({ params, body }) =>
        ok(handsets.press(numberIn(params), textIn(body, 'digits', '{"digits":"1#"}'))),
    },
  ];
}

/** The handset routes alone, as a listener. */
export const createHandsetListener = (handsets: Handsets): RequestListener =>
  createRouteListener({ routes: handsetRoutes(handsets), onError: handsetErrorAnswer });

/** `{"error": "…"}` with the status that the error calls for. */
export function handsetErrorAnswer(error: unknown): RouteAnswer {
  if (error instanceof HandsetError || error instanceof RequestError) {
    return { status: error.status, body: { error: error.message } };
  }
  console.error(error);
  return { status: 500, body: { error: 'Something went wrong inside; the log of the process says what.' } };
}

const ok = (body: unknown): RouteAnswer => ({ status: 200, body });

function textIn(body: unknown, name: string, example: string): string {
  const value =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  if (typeof value === 'string') return value;
  throw new RequestError(400, `The body must be JSON like ${example}.`);
}
