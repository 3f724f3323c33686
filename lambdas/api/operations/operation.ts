import type { Applications } from '../../../aws/applications.ts';
import type { Bus } from '../../../aws/bus.ts';
import type { CallRecords } from '../../../aws/call-records.ts';
import type { CommandStore } from '../../../aws/commands.ts';
import type { Deliveries } from '../../../aws/deliveries.ts';
import type { DialPlans } from '../../../aws/dial-plans.ts';
import type { Directories } from '../../../aws/directory.ts';
import type { Numbers } from '../../../aws/numbers.ts';
import type { EdgeCommands, OutboundQueue, TimerQueue } from '../../../aws/queues.ts';
import type { Routes } from '../../../aws/routes.ts';
import type { Sessions, StoredSession } from '../../../aws/sessions.ts';
import type { SipClients } from '../../../aws/sip-clients.ts';
import type { Tokens } from '../../../aws/tokens.ts';
import type { Trunks } from '../../../aws/trunks.ts';
import type { Voice } from '../../../aws/voice.ts';
import type { Call } from '../../../core/call.ts';
import type { Clock } from '../../../core/clock.ts';
import type { CallerId, OperationName, Operations } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import type { Random } from '../../../core/random.ts';
import { rootSid } from '../../../core/sid.ts';
import type { ApiRequest, HttpApi } from '../../../dialects/dialect.ts';
import type { Conclusion } from '../../conclude.ts';
import type { EdgeLink } from '../../edge-link.ts';
import type { Layout } from '../../lay-out.ts';
import type { Log } from '../../log.ts';

/** What operations work with. */
export interface Tools {
  clock: Clock;
  random: Random;
  log: Log;
  sessions: Sessions;
  calls: CallRecords;
  numbers: Numbers;
  trunks: Trunks;
  routes: Routes;
  clients: SipClients;
  applications: Applications;
  commands: CommandStore;
  deliveries: Deliveries;
  queue: OutboundQueue;
  bus: Bus;
  voice: Voice;
  tokens: Pick<Tokens, 'encrypt'>;
  conclusion: Conclusion;
  directories: Directories;
  layout: Layout;
  /** A leg may ask for an UPDATE no more often. */
  minSipUpdateSeconds: number;
  /** What the SIP edge has told of a session's calls. */
  edgeLink: Pick<EdgeLink, 'current' | 'currentAll'>;
  plans: Pick<DialPlans, 'get' | 'put' | 'drop' | 'subscribe'>;
  timers: TimerQueue;
  /** Undefined where there is no SIP edge. */
  edge: EdgeCommands | undefined;
}

export interface OperationContext {
  request: Pick<ApiRequest, 'accountSid' | 'headers'>;
  dialect: Pick<HttpApi, 'name'>;
}

/** One operation. Throws Problem. `headers` are added to whatever the dialect answers. */
export type Operation<O extends OperationName> = (
  input: Operations[O]['input'],
  tools: Tools,
  context: OperationContext,
) => Promise<{ result: Operations[O]['result']; headers?: Record<string, string> }>;

/** An account's call with the session it belongs to, wherever it was moved to. Throws Problem `unknown-call`, also for other accounts' calls. */
export async function findCall(
  callSid: string,
  { sessions, calls, edgeLink }: Tools,
  { request }: OperationContext,
): Promise<{ stored: StoredSession; call: Call }> {
  let stored: StoredSession | undefined;
  let call: Call | undefined;
  for (let at: string | undefined = rootSid(callSid); at !== undefined; at = call?.moved?.to) {
    const found = await sessions.get(at);
    stored = found && { ...found, session: await edgeLink.current(found.session) };
    call = stored && (await calls.get(stored.session, callSid));
  }
  if (
    stored === undefined ||
    call === undefined ||
    call.deleted ||
    stored.session.accountSid !== request.accountSid
  ) {
    throw new Problem('unknown-call', `There is no call ${callSid}.`);
  }
  return { stored, call };
}

/** Makes sure that numbers which a call will show are the account's own. Throws Problem `caller-id-not-owned`. */
export async function assertOwned(
  shown: readonly CallerId[],
  { numbers }: Tools,
  { request }: OperationContext,
): Promise<void> {
  for (const { number, field } of shown) {
    const known = await numbers.get(number);
    if (known?.accountSid === request.accountSid) continue;
    throw new Problem(
      'caller-id-not-owned',
      `${field} is ${number}, which is none of this account's numbers.`,
      { field },
    );
  }
}
