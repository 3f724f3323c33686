/** Every operation of the API. */
import { createApplications } from '../../../aws/applications.ts';
import { createBus } from '../../../aws/bus.ts';
import { createCallRecords } from '../../../aws/call-records.ts';
import { createCommandStore } from '../../../aws/commands.ts';
import { createDeliveries } from '../../../aws/deliveries.ts';
import { createDialPlans } from '../../../aws/dial-plans.ts';
import { createDirectories } from '../../../aws/directory.ts';
import { createNumbers } from '../../../aws/numbers.ts';
import { createEdgeCommands, createOutboundQueue, createTimerQueue } from '../../../aws/queues.ts';
import { createRoutes } from '../../../aws/routes.ts';
import { createSessions } from '../../../aws/sessions.ts';
import { createSipClients } from '../../../aws/sip-clients.ts';
import { Conflict, createTable } from '../../../aws/table.ts';
import { createTokens } from '../../../aws/tokens.ts';
import { createTrunks } from '../../../aws/trunks.ts';
import { createVoice } from '../../../aws/voice.ts';
import type { OperationName, Operations } from '../../../core/operation.ts';
import { createConclusion } from '../../conclude.ts';
import { createEdgeLink } from '../../edge-link.ts';
import type { FunctionContext } from '../../function-context.ts';
import { createLayout } from '../../lay-out.ts';
import { createLog } from '../../log.ts';
import { DEFAULT_MIN_SIP_UPDATE_SECONDS } from '../limits.ts';
import {
  changeApplication,
  createApplication,
  deleteApplication,
  listApplications,
  readApplication,
} from './applications.ts';
import { changeClient, createClient, deleteClient, listClients, readClient } from './clients.ts';
import { deleteCall } from './delete-call.ts';
import { listCalls } from './list-calls.ts';
import { listDeliveries } from './list-deliveries.ts';
import { listNotifications } from './list-notifications.ts';
import { modifyCall } from './modify-call.ts';
import { modifyNumber } from './modify-number.ts';
import type { Operation, OperationContext, Tools } from './operation.ts';
import { pageCalls } from './page-calls.ts';
import { placeCall, placeCalls } from './place-call.ts';
import { readCall } from './read-call.ts';
import { listNumbers, readNumber } from './read-numbers.ts';
import { readRequest } from './read-request.ts';
import { createRoute, deleteRoute, listRoutes, readRoute, replaceRoute } from './routes.ts';
import { createTrunk, deleteTrunk, listTrunks, readTrunk, replaceTrunk } from './trunks.ts';

/** Writers of one session are few: the call itself, and now and then a request. */
const MAX_TRIES = 5;

const OPERATIONS: { readonly [O in OperationName]: Operation<O> } = {
  placeCall,
  placeCalls,
  readRequest,
  readCall,
  listCalls,
  pageCalls,
  modifyCall,
  deleteCall,
  listNumbers,
  readNumber,
  modifyNumber,
  listDeliveries,
  listNotifications,
  listTrunks,
  readTrunk,
  createTrunk,
  replaceTrunk,
  deleteTrunk,
  listRoutes,
  readRoute,
  createRoute,
  replaceRoute,
  deleteRoute,
  listClients,
  readClient,
  createClient,
  changeClient,
  deleteClient,
  listApplications,
  readApplication,
  createApplication,
  changeApplication,
  deleteApplication,
};

type Bound = (
  input: Operations[OperationName]['input'],
  context: OperationContext,
) => Promise<{ result: Operations[OperationName]['result']; headers?: Record<string, string> }>;

export function createOperations({ env, clock, random }: FunctionContext): Record<OperationName, Bound> {
  const table = createTable(env);
  const sessions = createSessions(table);
  const bus = createBus(env);
  const edgeLink = createEdgeLink(env, table, random);
  const tools: Tools = {
    clock,
    random,
    log: createLog(env),
    sessions,
    calls: createCallRecords(table),
    numbers: createNumbers(table),
    trunks: createTrunks(table),
    routes: createRoutes(table),
    clients: createSipClients(table),
    applications: createApplications(table),
    commands: createCommandStore(table),
    deliveries: createDeliveries(table),
    queue: createOutboundQueue(env),
    bus,
    voice: createVoice(env),
    tokens: createTokens(env, clock),
    directories: createDirectories(table),
    layout: createLayout(env, table, clock),
    conclusion: createConclusion(sessions, bus, edgeLink),
    edgeLink,
    minSipUpdateSeconds: Number(env['MIN_SIP_UPDATE_SECONDS'] ?? DEFAULT_MIN_SIP_UPDATE_SECONDS),
    plans: createDialPlans(table),
    timers: createTimerQueue(env),
    edge: createEdgeCommands(env),
  };
  return Object.fromEntries(
    Object.entries(OPERATIONS).map(([name, operation]) => [
      name,
      (input: never, context: OperationContext) => persistently(() => operation(input, tools, context)),
    ]),
  ) as Record<OperationName, Bound>;
}

/** Does it anew when somebody else has written what it read. */
async function persistently(operation: () => ReturnType<Bound>): ReturnType<Bound> {
  for (let tries = 1; ; tries++) {
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof Conflict) || tries === MAX_TRIES) throw error;
    }
  }
}
