import { createHash } from 'node:crypto';
import type { Stored } from '../../../aws/account-items.ts';
import { Conflict } from '../../../aws/table.ts';
import { sealFor } from '../../../aws/tokens.ts';
import { type Client, type ClientSecret, clientSid, MAX_CLIENTS, realmOf } from '../../../core/client.ts';
import type { ClientChange } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import { parseSid } from '../../../core/sid.ts';
import type { Sealed } from '../../../core/sip-target.ts';
import { assertRoom } from './limit.ts';
import type { Operation, OperationContext, Tools } from './operation.ts';
import { withApplication, withVoice } from './voice-settings.ts';

export const listClients: Operation<'listClients'> = async (_, { clients }, { request }) => ({
  result: { clients: await clients.list(request.accountSid) },
});

export const readClient: Operation<'readClient'> = async ({ name }, tools, context) => ({
  result: { client: (await findClient(name, tools, context)).value },
});

export const createClient: Operation<'createClient'> = async (input, tools, context) => {
  const { clients, clock } = tools;
  const { accountSid } = context.request;
  assertRoom('clients', await clients.list(accountSid), MAX_CLIENTS);
  const nowMs = clock.now();
  const secret = await sealedSecret(input.name, input.password, tools, context);
  const made: Client = { name: input.name, accountSid, secret, createdAtMs: nowMs, updatedAtMs: nowMs };
  const client = await withSettings(made, input, tools, context);
  try {
    await clients.create(client);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    throw new Problem(
      'conflict',
      `There is a client ${input.name} already. Give it another password with PUT.`,
      { field: 'name' },
    );
  }
  return { result: { client } };
};

export const changeClient: Operation<'changeClient'> = async (input, tools, context) => {
  const { value: before, version } = await findClient(input.name, tools, context);
  const { password } = input;
  const client: Client = {
    ...(await withSettings(before, input, tools, context)),
    ...(password !== undefined && { secret: await sealedSecret(before.name, password, tools, context) }),
    updatedAtMs: tools.clock.now(),
  };
  await tools.clients.replace(client, version);
  return { result: { client } };
};

export const deleteClient: Operation<'deleteClient'> = async ({ name }, tools, context) => {
  const { value: client } = await findClient(name, tools, context);
  await tools.clients.remove(client.accountSid, client.name);
  return { result: undefined };
};

/** By its name, or by its SID. Throws Problem. */
async function findClient(
  nameOrSid: string,
  { clients }: Tools,
  { request: { accountSid } }: OperationContext,
): Promise<Stored<Client>> {
  const isSid = parseSid('CL', nameOrSid) !== undefined;
  const named =
    isSid && (await clients.list(accountSid)).find(({ name }) => clientSid(accountSid, name) === nameOrSid);
  const name = named ? named.name : nameOrSid;
  const found = await clients.get(accountSid, name);
  if (found === undefined) throw unknown(name);
  return found;
}

const unknown = (name: string) => new Problem('unknown-resource', `There is no client ${name}.`);

/** Its calls belong to the dialect that says what becomes of them; one that says nothing of them changes nothing there. */
async function withSettings(
  before: Client,
  { name: _, password: __, friendlyName, ...settings }: ClientChange,
  tools: Tools,
  context: OperationContext,
): Promise<Client> {
  const named = { ...before, ...(friendlyName !== undefined && { friendlyName }) };
  if (Object.keys(settings).length === 0) return named;
  const client = await withApplication(withVoice(named, settings), settings, tools, context);
  return { ...client, dialect: context.dialect.name };
}

/** What a digest is checked with. The password is forgotten: nobody has to send it on. */
async function sealedSecret(
  name: string,
  password: string,
  { tokens }: Tools,
  { request }: OperationContext,
): Promise<Sealed> {
  const { accountSid } = request;
  const hash = (algorithm: string) =>
    createHash(algorithm)
      .update(`${name}:${realmOf(accountSid)}:${password}`)
      .digest('hex');
  const secret: ClientSecret = { md5: hash('md5'), sha256: hash('sha256') };
  return { ciphertext: await sealFor(tokens, accountSid)(JSON.stringify(secret)) };
}
