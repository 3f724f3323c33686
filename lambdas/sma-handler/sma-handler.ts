/**
 * The function of the SIP media application: events of the voice service in, actions out.
 *
 * A crash at any point makes the voice service ask again with the same sequence number. Until the session is saved,
 * everything is done anew and comes to the same; from then on the saved answer is given again. So events are published
 * at least once, each time with the same identifiers, and nothing is decided twice.
 */
import { type Bus, createBus } from '../../aws/bus.ts';
import { createCommandStore } from '../../aws/commands.ts';
import { createDialPlans } from '../../aws/dial-plans.ts';
import { createDocumentStore } from '../../aws/documents.ts';
import { createRemoteFunction } from '../../aws/functions.ts';
import { createEdgeCommands, createTimerQueue } from '../../aws/queues.ts';
import { createSessions, type Handled, type StoredSession } from '../../aws/sessions.ts';
import { Conflict, createTable } from '../../aws/table.ts';
import { createToldEnds } from '../../aws/told-ends.ts';
import { advance, type Happening, type Step } from '../../core/advance.ts';
import type { DocumentRequest } from '../../core/document.ts';
import type { CallEvent } from '../../core/event.ts';
import { joinedTarget } from '../../core/moving.ts';
import { type Session, sessionIsOver } from '../../core/session.ts';
import { SCHEMA_VERSION, type SmaEvent, type SmaResponse } from '../../core/wire.ts';
import { type Brought, createEdgeLink } from '../edge-link.ts';
import type { FetchInput, FetchOutput } from '../fetch/contract.ts';
import type { FunctionContext } from '../function-context.ts';
import { createLog } from '../log.ts';
import { type MoveTools, prepareMove } from '../move-callee.ts';
import { arrivalByPhone, arrivalOf, createReceptions, inboundSession } from './inbound.ts';
import { sessionSid } from './session-sid.ts';

/** How long one invocation waits for documents: the voice service asks again after 5 s. */
export const DOCUMENT_BUDGET_MS = 3_500;
/** What the fetch function's answer may take on its way back. */
const ANSWER_MARGIN_MS = 300;
/** The transaction's attribute by which an answer says that its events were told. */
const TOLD = 'told';
/** While the bus does not answer, a session, which is one item of the table, keeps so many events. */
const MAX_UNTOLD = 100;
/** Writers of one session are few: the handler, and now and then the API. */
const MAX_TRIES = 5;

/** What is said to others than the voice service. */
type Outgoing = Pick<Handled, 'events' | 'notices' | 'interrupt'>;

const NOTHING: Outgoing = { events: [], notices: [] };

export type SmaHandler = (event: SmaEvent) => Promise<SmaResponse>;

export function createSmaHandler({ env, clock, random }: FunctionContext): SmaHandler {
  const log = createLog(env);
  const table = createTable(env);
  const sessions = createSessions(table);
  const documents = createDocumentStore(table);
  const commands = createCommandStore(table);
  const edge = createEdgeLink(env, table, random);
  const receptions = createReceptions(table);
  const toldEnds = createToldEnds(table);
  const bus: Bus = createBus(env);
  const timers = createTimerQueue(env);
  const fetch = createRemoteFunction<FetchInput, FetchOutput>(env, 'FETCH_FUNCTION_NAME');
  const plans = createDialPlans(table);
  const moving: MoveTools = { clock, random, sessions, plans, timers, edge: createEdgeCommands(env) };

  return async event => {
    const startedMs = clock.now();
    for (let tries = 1; ; tries++) {
      try {
        return await handle(event, startedMs + DOCUMENT_BUDGET_MS);
      } catch (error) {
        if (!(error instanceof Conflict) || tries === MAX_TRIES) throw error;
      }
    }
  };

  async function handle(event: SmaEvent, deadlineMs: number): Promise<SmaResponse> {
    const { InvocationEventType: type, Sequence: sequence, CallDetails } = event;
    const brought = await edge.brought(event);
    const sid = brought?.sid ?? sessionSid(event);
    const known = sid === undefined ? undefined : await sessions.get(sid);
    // A call that was placed twice, because the first time nobody knew that it was placed, goes on once.
    const found = isAnother(known?.session, CallDetails.TransactionId) ? undefined : known;
    if (found?.handled !== undefined && found.handled.sequence >= sequence) {
      return found.handled.sequence === sequence ? publish(found.session, found.handled) : keep();
    }
    const beginning = type === 'NEW_INBOUND_CALL' && found === undefined;
    // Nor is a callee screened twice.
    const newcomer = known === undefined ? brought : undefined;
    const { stored, events } = beginning ? await receive(event, newcomer) : { stored: found, events: [] };
    if (stored === undefined) {
      log('warn', 'An event of a call that is not ours', { type, transactionId: CallDetails.TransactionId });
      return refuse(type);
    }

    const { surroundings, open, settle } = await edge.about(stored.session);
    const happening = { ...(await happeningOf(stored.session, event)), ...surroundings };
    const step = await carryOut(stored.session, happening, deadlineMs);
    await settle(step, clock.now());
    if (step.movedTo && open && joinedTarget(open) !== undefined)
      await (await prepareMove(open, step.movedTo, moving))();
    const untold = found?.handled && !wasTold(found.handled, event) ? found.handled : NOTHING;
    const outgoing: Outgoing = {
      events: [...untold.events.slice(-MAX_UNTOLD), ...events, ...step.events],
      notices: [...untold.notices, ...step.notices],
      ...((untold.interrupt ?? step.interrupt) && { interrupt: true }),
    };
    const attributes = {
      callSid: stored.session.sid,
      ...(saysSomething(outgoing) && { [TOLD]: String(sequence) }),
    };
    const handled: Handled = {
      sequence,
      response: {
        SchemaVersion: SCHEMA_VERSION,
        Actions: step.actions,
        ...((sequence === 1 || saysSomething(outgoing)) && { TransactionAttributes: attributes }),
      },
      ...outgoing,
    };
    const next: StoredSession = { ...stored, session: step.session, handled };
    // What is stored is looked after, whatever becomes of this invocation: the wake-up is on its way before.
    if (step.wakeAtMs !== undefined)
      await timers.send({ callSid: next.session.sid }, step.wakeAtMs - clock.now());
    await (beginning ? sessions.create(next, clock.now()) : sessions.save(next, clock.now()));
    return publish(step.session, handled);
  }

  /** A callee that is to be screened; or a call that came in, by phone or by the edge, which says whose it is. */
  async function receive(
    event: SmaEvent,
    brought: Brought | undefined,
  ): Promise<{ stored: StoredSession | undefined; events: CallEvent[] }> {
    if (brought?.kind === 'screening')
      return { stored: { session: brought.session, version: 0 }, events: [] };
    const arrival = brought ? arrivalOf(brought.plan) : arrivalByPhone(event);
    const reception = arrival && (await receptions.of(arrival));
    if (arrival === undefined || reception === undefined) return { stored: undefined, events: [] };
    const { session, events } = inboundSession(arrival, reception, clock.now());
    return { stored: { session, version: 0 }, events };
  }

  /** An event, with what it only points to. */
  async function happeningOf(session: Session, event: SmaEvent): Promise<Happening> {
    const nowMs = clock.now();
    if (event.InvocationEventType !== 'CALL_UPDATE_REQUESTED') return { kind: 'event', event, nowMs };
    const { document, command, wake } = (event.ActionData?.Parameters?.['Arguments'] ?? {}) as Record<
      string,
      string
    >;
    if (wake !== undefined) return { kind: 'woken', nowMs };
    if (document !== undefined) {
      const result = (await documents.get(session.sid, document))?.result;
      if (result) return { kind: 'document', id: document, result, nowMs };
    }
    const update = command === undefined ? undefined : await commands.get(session.sid, command);
    if (update !== undefined && 'redirect' in update.change) {
      const { redirect: entry, isParting = false } = update.change;
      return { kind: 'redirected', entry, isParting, nowMs };
    }
    if (update !== undefined && 'hangUp' in update.change) {
      return { kind: 'hungUp', callSid: update.callSid, outcome: update.change.hangUp, nowMs };
    }
    if (update !== undefined && 'aside' in update.change)
      return { kind: 'aside', aside: update.change.aside, nowMs };
    return { kind: 'event', event, nowMs };
  }

  /** One happening, and the documents that it asks for, as far as they arrive in time. */
  async function carryOut(session: Session, happening: Happening, deadlineMs: number): Promise<Step> {
    let step = advance(session, happening);
    while (step.request !== undefined) {
      const output = await ask(step.session, step.request, deadlineMs);
      if (!('result' in output)) break;
      const next = advance(step.session, {
        edge: happening.edge,
        kind: 'document',
        id: step.request.id,
        result: output.result,
        nowMs: clock.now(),
      });
      step = together(step, next);
    }
    return step;
  }

  async function ask(session: Session, request: DocumentRequest, deadlineMs: number): Promise<FetchOutput> {
    const waiting = new AbortController();
    const late = clock
      .sleep(Math.max(0, deadlineMs + ANSWER_MARGIN_MS - clock.now()), waiting.signal)
      .then((): FetchOutput => ({ pending: true }));
    try {
      return await Promise.race([fetch.call(fetchInput(session, request, deadlineMs), waiting.signal), late]);
    } finally {
      waiting.abort();
    }
  }

  /** Tells the world what has been saved. Repeated, it says the same again. */
  async function publish(
    session: Session,
    { events, notices, interrupt, response }: Handled,
  ): Promise<SmaResponse> {
    await Promise.all([
      events.length > 0 && bus.publish(events),
      ...notices.map(request => fetch.send(fetchInput(session, request))),
      interrupt &&
        session.transactionId !== undefined &&
        fetch.send({ wake: true, transactionId: session.transactionId }),
    ]);
    if (sessionIsOver(session)) await toldEnds.note(session.sid, clock.now());
    return response;
  }
}

/**
 * The transaction's attributes are those of the last answer that arrived, and nothing is answered before its events are told. The voice
 * service goes on after an event that nothing answered, and the session keeps but the events of its last one.
 */
const wasTold = (handled: Handled, { CallDetails }: SmaEvent): boolean =>
  !saysSomething(handled) || CallDetails.TransactionAttributes?.[TOLD] === String(handled.sequence);

const saysSomething = ({ events, notices, interrupt }: Outgoing): boolean =>
  events.length + notices.length > 0 || interrupt === true;

const isAnother = (session: Session | undefined, transactionId: string) =>
  session?.transactionId !== undefined && session.transactionId !== transactionId;

/** Two steps of one invocation as one. */
const together = (first: Step, second: Step): Step => ({
  ...second,
  events: [...first.events, ...second.events],
  notices: [...first.notices, ...second.notices],
  ...(second.wakeAtMs === undefined && first.wakeAtMs !== undefined && { wakeAtMs: first.wakeAtMs }),
  ...(first.interrupt && { interrupt: true }),
  ...(first.closedPlan !== undefined && { closedPlan: first.closedPlan }),
  ...(first.verdict && { verdict: first.verdict }),
  ...(second.refusal === undefined && first.refusal && { refusal: first.refusal }),
});

function fetchInput(session: Session, request: DocumentRequest, deadlineMs?: number): FetchInput {
  const { sid, accountSid, dialect, transactionId } = session;
  return {
    rootSid: sid,
    accountSid,
    dialect,
    request,
    ...(transactionId !== undefined && { transactionId }),
    ...(deadlineMs !== undefined && { deadlineMs }),
  };
}

const keep = (): SmaResponse => ({ SchemaVersion: SCHEMA_VERSION, Actions: [] });

/** Nobody pays for a call that nobody owns. */
function refuse(type: SmaEvent['InvocationEventType']): SmaResponse {
  if (type === 'HANGUP') return keep();
  return {
    SchemaVersion: SCHEMA_VERSION,
    Actions: [{ Type: 'Hangup', Parameters: { ParticipantTag: 'LEG-A', SipResponseCode: 480 } }],
  };
}
