import type { Stored } from '../../../aws/account-items.ts';
import { Problem } from '../../../core/problem.ts';
import { inOrder, MAX_ROUTES, type Route, type RouteSettings } from '../../../core/route.ts';
import { newSid } from '../../../core/sid.ts';
import { assertRoom } from './limit.ts';
import type { Operation, OperationContext, Tools } from './operation.ts';

export const listRoutes: Operation<'listRoutes'> = async (_, { routes }, { request }) => ({
  result: { routes: inOrder(await routes.list(request.accountSid)) },
});

export const readRoute: Operation<'readRoute'> = async ({ id }, tools, context) => ({
  result: { route: (await findRoute(id, tools, context)).value },
});

export const createRoute: Operation<'createRoute'> = async (settings, tools, context) => {
  const { routes, clock, random } = tools;
  const { accountSid } = context.request;
  assertRoom('routes', await routes.list(accountSid), MAX_ROUTES);
  await assertLeadsSomewhere(settings, tools, context);
  const nowMs = clock.now();
  const id = newSid('RT', random);
  const route: Route = { ...settings, id, accountSid, createdAtMs: nowMs, updatedAtMs: nowMs };
  await routes.create(route);
  return { result: { route } };
};

export const replaceRoute: Operation<'replaceRoute'> = async ({ id, settings }, tools, context) => {
  const { value: before, version } = await findRoute(id, tools, context);
  await assertLeadsSomewhere(settings, tools, context);
  const { accountSid, createdAtMs } = before;
  const route: Route = { ...settings, id, accountSid, createdAtMs, updatedAtMs: tools.clock.now() };
  await tools.routes.replace(route, version);
  return { result: { route } };
};

export const deleteRoute: Operation<'deleteRoute'> = async ({ id }, tools, context) => {
  if (!(await tools.routes.remove(context.request.accountSid, id))) throw unknown(id);
  return { result: undefined };
};

async function findRoute(
  id: string,
  { routes }: Tools,
  { request }: OperationContext,
): Promise<Stored<Route>> {
  const found = await routes.get(request.accountSid, id);
  if (found === undefined) throw unknown(id);
  return found;
}

const unknown = (id: string) => new Problem('unknown-resource', `There is no route ${id}.`);

/** Throws Problem for a trunk that the account does not have. */
async function assertLeadsSomewhere(
  { end }: RouteSettings,
  { trunks }: Tools,
  { request }: OperationContext,
): Promise<void> {
  if (end.kind !== 'trunk' || (await trunks.get(request.accountSid, end.trunk)) !== undefined) return;
  throw new Problem('invalid-parameter', `trunk is ${end.trunk}, and there is no such trunk.`, {
    field: 'trunk',
  });
}
