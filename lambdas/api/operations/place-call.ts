import { createHash } from 'node:crypto';
import type { StoredSession } from '../../../aws/sessions.ts';
import { Conflict } from '../../../aws/table.ts';
import { sealFor } from '../../../aws/tokens.ts';
import { advance } from '../../../core/advance.ts';
import type { Call } from '../../../core/call.ts';
import type { CallEnd } from '../../../core/call-end.ts';
import type { CallEvent } from '../../../core/event.ts';
import type { PlaceCall } from '../../../core/operation.ts';
import { partsOf } from '../../../core/parts.ts';
import { Problem } from '../../../core/problem.ts';
import { sealEntry, sealTarget } from '../../../core/seal.ts';
import { createSession, type NewSession } from '../../../core/session.ts';
import { newCallSid, siblingSid } from '../../../core/sid.ts';
import { errorFields } from '../../log.ts';
import { MAX_IDEMPOTENCY_KEY_CHARACTERS } from '../limits.ts';
import { followApplication, type OwnPlan } from './follow-application.ts';
import { AT_A_TIME, inParts } from './in-parts.ts';
import { assertOwned, type Operation, type OperationContext, type Tools } from './operation.ts';
import { readingOnce } from './reading-once.ts';
import { routeCall } from './route-call.ts';

const MESSAGE_ID_BYTES = 16;
const MAX_SHOWN_CHARACTERS = 200;
/** Waits before the rest of a request is tried again, within the 5 s that a client waits. */
export const REST_RETRY_MS = [100, 400, 1_000];
/** Calls whose events go to the bus by one request. */
const TOLD_AT_ONCE = 10;

/** What an answer says that is a repetition of an earlier one. */
export const REPLAYED_HEADER = 'idempotency-replayed';

/** One call. */
export const placeCall: Operation<'placeCall'> = async (input, tools, context) => {
  const { result, headers } = await placeCalls({ calls: [input] }, tools, context);
  const [call] = result.calls as [Call];
  return { result: { call, replayed: result.replayed }, ...(headers && { headers }) };
};

/**
 * Stores calls and queues them, once it is sure that none of them has to be refused; one that fails alone is stored as
 * it has ended. The queue is told first: a message without a call is dropped there, whereas a call without a message
 * would wait for ever. An Idempotency-Key names the calls, so the same key finds the same calls, and whatever an
 * interrupted request left out is placed when it is repeated.
 */
export const placeCalls: Operation<'placeCalls'> = async ({ calls: inputs }, tools, context) => {
  const { random, bus } = tools;
  const { accountSid, headers } = context.request;
  const key = idempotencyKey(headers['idempotency-key']);
  const first = newCallSid(key === undefined ? random : derived(accountSid, key));
  const fingerprint =
    key === undefined ? undefined : hash(JSON.stringify(inputs, sameEachTime)).toString('base64url');
  const reading = readingOnce(tools, inputs);
  const sessions = await inParts(inputs, (input, index) =>
    sessionFor(input, { first, index, siblings: inputs.length - 1 }, reading, context),
  );
  if (fingerprint !== undefined) assertSameRequest(await tools.sessions.get(first), fingerprint);
  // The first call carries the key. Until it is certain to be this request's, no other call is placed.
  const placed = await store(sessions.slice(0, 1), fingerprint, tools);
  for (const part of partsOf(sessions.slice(1), AT_A_TIME)) {
    placed.push(...(await insistently(() => store(part, fingerprint, tools), tools)));
  }
  // They are placed, and whoever places them tells of them once more: told of a failure, a client would ask for others.
  await inParts(partsOf(placed, TOLD_AT_ONCE), part =>
    bus.publish(part.flatMap(({ events }) => events)),
  ).catch((error: unknown) => tools.log('error', 'Queued calls could not be told of', errorFields(error)));
  const replayed = placed.every(each => each.replayed);
  return {
    result: { calls: placed.map(({ call }) => call), replayed },
    ...(replayed && { headers: { [REPLAYED_HEADER]: 'true' } }),
  };
};

type Begun = ReturnType<typeof createSession>;

/** A call's place among those of its request, which are named after the first. */
interface Place {
  first: string;
  index: number;
  siblings: number;
}

/** The call as it begins. Throws Problem. */
async function sessionFor(
  asked: PlaceCall,
  place: Place,
  tools: Tools,
  context: OperationContext,
): Promise<Begun> {
  const { accountSid } = context.request;
  const { input, dialect } = await followApplication(asked, tools, context);
  const begun = { ...ownOf(input, place), accountSid, dialect, nowMs: tools.clock.now() };
  const routed = await routeCall(input, tools, context).catch((error: unknown) => faultOf(input, error));
  if (routed instanceof Problem) return ended(begun, input, routed);
  const from = await callerId(input, routed.sip !== undefined, tools, context);
  const seal = sealFor(tools.tokens, accountSid);
  const call = { direction: 'outbound-api', to: routed.to, from } as const;
  const entry = await sealEntry(await tools.layout.entry(routed.entry, { accountSid, call }), seal);
  const sip = routed.sip && (await sealTarget(routed.sip, seal));
  return createSession({ ...begun, ...call, entry, ...(sip && { sip }) });
}

/** What a call is by its request alone, wherever it goes. */
function ownOf(input: OwnPlan, { first, index, siblings }: Place) {
  const {
    callback,
    parameters,
    callerName,
    ringTimeoutSeconds,
    hangUpAfterRingingSeconds,
    timeLimitSeconds,
    requestKind,
    requestId,
  } = input;
  return {
    sid: index === 0 ? first : siblingSid(first, index),
    ...(callback && { callback }),
    ...(parameters && { parameters }),
    ...(callerName !== undefined && { callerName }),
    ...(ringTimeoutSeconds !== undefined && { ringTimeoutSeconds }),
    ...(hangUpAfterRingingSeconds !== undefined && { hangUpAfterRingingSeconds }),
    ...(timeLimitSeconds !== undefined && { timeLimitSeconds }),
    ...(requestKind !== undefined && { requestKind }),
    ...(requestId !== undefined && { requestId }),
    ...(index === 0 && siblings > 0 && { siblings }),
  };
}

/** What keeps one call alone from going anywhere; anything else is thrown on. */
function faultOf({ failsAlone, fields }: OwnPlan, error: unknown): Problem {
  if (failsAlone && error instanceof Problem && error.field === fields.to) return error;
  throw error;
}

/** A call that ends as it begins. */
function ended(
  begun: Omit<NewSession, 'direction' | 'to' | 'from' | 'entry'>,
  { to, from = '' }: OwnPlan,
  { message }: Problem,
): Begun {
  const nowhere = { direction: 'outbound-api', to: shownDestination(to), from } as const;
  const { session, events } = createSession({ ...begun, ...nowhere, entry: { verbs: [] } });
  const end: CallEnd = { by: 'platform', reason: 'invalid-destination' };
  const step = advance(session, { kind: 'refused', message, end, nowMs: begun.nowMs });
  return { session: step.session, events: [...events, ...step.events] };
}

/** A destination that is none, as it may be shown: without a password, and no more than a line of it. */
const shownDestination = (to: string) =>
  to.replace(/^(sips?:[^:@]*):.*@/is, '$1@').slice(0, MAX_SHOWN_CHARACTERS);

interface Placed {
  call: Call;
  events: readonly CallEvent[];
  replayed: boolean;
}

/** Calls that are new, or the same request's: the queue knows of all of them before the first is stored. */
async function store(
  begun: readonly Begun[],
  fingerprint: string | undefined,
  { sessions, queue, random, clock }: Tools,
): Promise<Placed[]> {
  const newId = () => Buffer.from(random.bytes(MESSAGE_ID_BYTES)).toString('hex');
  await queue.send(
    begun.map(({ session: { sid, accountSid } }) => ({ accountSid, callSid: sid, id: newId() })),
  );
  return Promise.all(
    begun.map(async ({ session, events }) => {
      try {
        const stored = { session, outbox: events, ...(fingerprint !== undefined && { fingerprint }) };
        await sessions.create(stored, clock.now());
        return { call: session.calls[0] as Call, events, replayed: false };
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
        return replay(session.sid, fingerprint, sessions);
      }
    }),
  );
}

/** Some calls of the request are placed: told of a failure, a client would ask for all of them again. */
async function insistently<T>(work: () => Promise<T>, { clock }: Tools): Promise<T> {
  for (const waitMs of REST_RETRY_MS) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Problem) throw error;
      await clock.sleep(waitMs);
    }
  }
  return work();
}

async function replay(
  sid: string,
  fingerprint: string | undefined,
  sessions: Tools['sessions'],
): Promise<Placed> {
  const stored = await sessions.get(sid);
  const call = stored?.session.calls[0];
  if (stored === undefined || call === undefined) throw new Error(`Call ${sid} was there and is gone.`);
  assertSameRequest(stored, fingerprint);
  // The first request may have ended before it told of the call.
  return { call, events: call.status === 'queued' ? (stored.outbox ?? []) : [], replayed: true };
}

/** Whatever lies under the key already has to come of the same request. Throws Problem `idempotency-mismatch`. */
function assertSameRequest(stored: StoredSession | undefined, fingerprint: string | undefined): void {
  if (stored === undefined || stored.fingerprint === fingerprint) return;
  throw new Problem(
    'idempotency-mismatch',
    'This Idempotency-Key was used for another request. Take a new key for a new call.',
  );
}

/** What the callee sees, having made sure of all that the call will show. */
async function callerId(
  input: OwnPlan,
  isSip: boolean,
  tools: Tools,
  context: OperationContext,
): Promise<string> {
  const { from, fields, callerIds = [] } = input;
  const isChecked = isSip || from === undefined;
  await assertOwned(
    isChecked ? callerIds : [{ number: from, field: fields.from }, ...callerIds],
    tools,
    context,
  );
  if (from !== undefined) return from;
  const [first] = await tools.numbers.list(context.request.accountSid);
  if (first !== undefined) return first.number;
  throw new Problem(
    'no-caller-id',
    `${fields.from} is missing, and this account has no number to call from.`,
    { field: fields.from },
  );
}

function idempotencyKey(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (/^[\x21-\x7e]+$/.test(text) && text.length <= MAX_IDEMPOTENCY_KEY_CHARACTERS) return text;
  throw new Problem(
    'invalid-parameter',
    `Idempotency-Key has to have 1 to ${MAX_IDEMPOTENCY_KEY_CHARACTERS} printable ASCII characters without spaces.`,
    { field: 'Idempotency-Key' },
  );
}

/** What says when and how a request came, and nothing of what it asks. No customer chooses a name here. */
const OF_ONE_REQUEST = new Set(['requestId', 'occurredAtMs']);

const sameEachTime = (name: string, value: unknown) => (OF_ONE_REQUEST.has(name) ? undefined : value);

const hash = (text: string) => createHash('sha256').update(text).digest();

/** "Random" bytes that an account's key always gives. */
const derived = (accountSid: string, key: string) => ({
  bytes: (count: number) => hash(`${accountSid}\n${key}`).subarray(0, count),
});
