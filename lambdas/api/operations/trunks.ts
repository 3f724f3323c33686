import type { Stored } from '../../../aws/account-items.ts';
import { Conflict } from '../../../aws/table.ts';
import { sealFor } from '../../../aws/tokens.ts';
import type { TrunkRequest } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import { MAX_TRUNKS, type Trunk } from '../../../core/trunk.ts';
import { assertRoom } from './limit.ts';
import type { Operation, OperationContext, Tools } from './operation.ts';

export const listTrunks: Operation<'listTrunks'> = async (_, { trunks }, { request }) => ({
  result: { trunks: await trunks.list(request.accountSid) },
});

export const readTrunk: Operation<'readTrunk'> = async ({ name }, tools, context) => ({
  result: { trunk: (await findTrunk(name, tools, context)).value },
});

export const createTrunk: Operation<'createTrunk'> = async (input, tools, context) => {
  const { trunks } = tools;
  assertRoom('trunks', await trunks.list(context.request.accountSid), MAX_TRUNKS);
  const trunk = await described(input, undefined, tools, context);
  try {
    await trunks.create(trunk);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    throw new Problem('conflict', `There is a trunk ${input.name} already. Change it with PUT.`, {
      field: 'name',
    });
  }
  return { result: { trunk } };
};

export const replaceTrunk: Operation<'replaceTrunk'> = async (input, tools, context) => {
  const before = await findTrunk(input.name, tools, context);
  const trunk = await described(input, before.value, tools, context);
  await tools.trunks.replace(trunk, before.version);
  return { result: { trunk } };
};

/** A trunk that a route leads to stays: the numbers would lead nowhere. */
export const deleteTrunk: Operation<'deleteTrunk'> = async ({ name }, tools, context) => {
  const { accountSid } = context.request;
  await findTrunk(name, tools, context);
  const routes = await tools.routes.list(accountSid);
  const user = routes.find(({ end }) => end.kind === 'trunk' && end.trunk === name);
  if (user !== undefined) {
    throw new Problem(
      'conflict',
      `Route ${user.id} (${user.pattern}) leads to trunk ${name}. Delete or change the route first.`,
    );
  }
  await tools.trunks.remove(accountSid, name);
  return { result: undefined };
};

async function findTrunk(
  name: string,
  { trunks }: Tools,
  { request }: OperationContext,
): Promise<Stored<Trunk>> {
  const found = await trunks.get(request.accountSid, name);
  if (found === undefined) throw new Problem('unknown-resource', `There is no trunk ${name}.`);
  return found;
}

/** The trunk that a request describes, with its password sealed. */
async function described(
  { credentials, ...settings }: TrunkRequest,
  before: Trunk | undefined,
  tools: Tools,
  context: OperationContext,
): Promise<Trunk> {
  const nowMs = tools.clock.now();
  return {
    ...settings,
    accountSid: context.request.accountSid,
    ...(credentials && { credentials: await sealed(credentials, before, tools, context) }),
    createdAtMs: before?.createdAtMs ?? nowMs,
    updatedAtMs: nowMs,
  };
}

/** Nobody can send back a password that is never shown: without one, the same user keeps the one there is. */
async function sealed(
  { username, password }: NonNullable<TrunkRequest['credentials']>,
  before: Trunk | undefined,
  { tokens }: Tools,
  { request }: OperationContext,
): Promise<NonNullable<Trunk['credentials']>> {
  if (password !== undefined) {
    const ciphertext = await sealFor(tokens, request.accountSid)(password);
    return { username, password: { ciphertext } };
  }
  if (before?.credentials?.username === username) return before.credentials;
  const field = 'credentials.password';
  throw new Problem('missing-parameter', `${field} is missing, and there is none yet for this user name.`, {
    field,
  });
}
