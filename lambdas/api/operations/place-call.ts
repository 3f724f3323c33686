import { createHash } from 'node:crypto';
import { Conflict } from '../../../aws/table.ts';
import { sealFor } from '../../../aws/tokens.ts';
import { layOutEntry } from '../../../core/lay-out.ts';
import type { PlaceCall } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import { sealEntry } from '../../../core/seal.ts';
import { createSession } from '../../../core/session.ts';
import { newCallSid } from '../../../core/sid.ts';
import { MAX_IDEMPOTENCY_KEY_CHARACTERS } from '../limits.ts';
import { assertOwned, type Operation, type OperationContext, type Tools } from './operation.ts';
import { routeCall } from './route-call.ts';

const MESSAGE_ID_BYTES = 16;

/** What an answer says that is a repetition of an earlier one. */
export const REPLAYED_HEADER = 'idempotency-replayed';

/**
 * Stores a call and queues it. The queue is told first: a message without a call is dropped there, whereas a call
 * without a message would wait for ever. An Idempotency-Key names the call, so the same key finds the same call.
 */
export const placeCall: Operation<'placeCall'> = async (input, tools, context) => {
  const { sessions, queue, bus, clock, random } = tools;
  const { accountSid, headers } = context.request;
  const routed = await routeCall(input, tools, context);
  const from = await callerId(input, routed.sip !== undefined, tools, context);
  const key = idempotencyKey(headers['idempotency-key']);
  const sid = newCallSid(key === undefined ? random : derived(accountSid, key));
  const fingerprint = key === undefined ? undefined : hash(JSON.stringify(input)).toString('base64url');
  const nowMs = clock.now();
  const entry = await sealEntry(layOutEntry(routed.entry), sealFor(tools.tokens, accountSid));
  const {
    callback,
    parameters,
    callerName,
    ringTimeoutSeconds,
    hangUpAfterRingingSeconds,
    timeLimitSeconds,
  } = input;
  const { session, events } = createSession({
    sid,
    accountSid,
    dialect: context.dialect.name,
    direction: 'outbound-api',
    to: routed.to,
    from,
    entry,
    ...(callback && { callback }),
    ...(routed.sip && { sip: routed.sip }),
    ...(parameters && { parameters }),
    ...(callerName !== undefined && { callerName }),
    ...(ringTimeoutSeconds !== undefined && { ringTimeoutSeconds }),
    ...(hangUpAfterRingingSeconds !== undefined && { hangUpAfterRingingSeconds }),
    ...(timeLimitSeconds !== undefined && { timeLimitSeconds }),
    nowMs,
  });

  await queue.send({ accountSid, callSid: sid }, Buffer.from(random.bytes(MESSAGE_ID_BYTES)).toString('hex'));
  try {
    await sessions.create(
      { session, outbox: events, ...(fingerprint !== undefined && { fingerprint }) },
      nowMs,
    );
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return replay(sid, fingerprint, tools);
  }
  await bus.publish(events);
  return { result: { call: session.calls[0] as NonNullable<(typeof session.calls)[0]>, replayed: false } };
};

async function replay(sid: string, fingerprint: string | undefined, { sessions, bus }: Tools) {
  const stored = await sessions.get(sid);
  const call = stored?.session.calls[0];
  if (stored === undefined || call === undefined) throw new Error(`Call ${sid} was there and is gone.`);
  if (stored.fingerprint !== fingerprint) {
    throw new Problem(
      'idempotency-mismatch',
      'This Idempotency-Key was used for another request. Take a new key for a new call.',
    );
  }
  // The first request may have ended before it told of the call.
  if (call.status === 'queued') await bus.publish(stored.outbox ?? []);
  return { result: { call, replayed: true }, headers: { [REPLAYED_HEADER]: 'true' } };
}

/** What the callee sees, having made sure of all that the call will show. */
async function callerId(
  input: PlaceCall,
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

const hash = (text: string) => createHash('sha256').update(text).digest();

/** "Random" bytes that an account's key always gives. */
const derived = (accountSid: string, key: string) => ({
  bytes: (count: number) => hash(`${accountSid}\n${key}`).subarray(0, count),
});
