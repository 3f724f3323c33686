/**
 * Places queued calls, one account's calls in their order and no faster than its calls per second: the queue hands out
 * one batch of an account at a time, and this function takes its time over the batch.
 */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createAccounts, DEFAULT_CALLS_PER_SECOND } from '../../aws/accounts.ts';
import { createBus } from '../../aws/bus.ts';
import {
  CLIENTS_EDGE,
  createEdgeCommands,
  createHold,
  createTimerQueue,
  type OutboundMessage,
} from '../../aws/queues.ts';
import { createSessions, type Sessions, type StoredSession } from '../../aws/sessions.ts';
import { Conflict, createTable } from '../../aws/table.ts';
import { createVoice, VoiceBusy, VoiceRefused, VoiceUnclear } from '../../aws/voice.ts';
import { isOver } from '../../core/call.ts';
import type { Session } from '../../core/session.ts';
import { createConclusion } from '../conclude.ts';
import { createEdgeLink } from '../edge-link.ts';
import type { FunctionContext } from '../function-context.ts';
import { createLog, errorFields } from '../log.ts';

/** Waits between tries when the voice service has had enough; then the message goes back to its queue. */
export const BUSY_RETRY_MS = [1_000, 2_000, 4_000];
/** A claim without a transaction is left alone that long: its call may have been placed, and be about to begin. */
export const CLAIM_LEASE_MS = 30_000;
/** How long a call is waited for whose message is here already… */
const STORE_RETRY_MS = [10, 20, 50, 100, 200];
/** …and how many times the message may come before it is plain that there will be no call. */
export const MAX_RECEIVES_BEFORE_STORED = 5;
const ORPHAN_RETRY_SECONDS = 2;
/** A busy voice service is asked ever less often: after 10, 20, 40 s and then each minute, for as long as the queue keeps calls. */
const BUSY_RETRY_SECONDS = [10, 20, 40, 60] as const;

type Verdict = 'done' | { retryAfterSeconds: number };

export type Originate = (event: SQSEvent) => Promise<SQSBatchResponse>;

export function createOriginate({ env, clock, random }: FunctionContext): Originate {
  const log = createLog(env);
  const table = createTable(env);
  const sessions: Sessions = createSessions(table);
  const accounts = createAccountsReader(table);
  const bus = createBus(env);
  const { conclude, retell } = createConclusion(sessions, bus, createEdgeLink(env, table, random));
  const edge = createEdgeCommands(env);
  const voice = createVoice(env);
  const hold = createHold(env, 'OUTBOUND_QUEUE_URL');
  const timers = createTimerQueue(env);

  return async ({ Records }) => {
    for (const [index, record] of Records.entries()) {
      const message = JSON.parse(record.body) as OutboundMessage;
      const { verdict, placed } = await attempt(message, record);
      if (verdict !== 'done') {
        // The order of an account's calls is kept: what comes after a message that failed comes again with it.
        const left = Records.slice(index);
        await Promise.all(left.map(({ receiptHandle }) => hold(receiptHandle, verdict.retryAfterSeconds)));
        return { batchItemFailures: left.map(({ messageId }) => ({ itemIdentifier: messageId })) };
      }
      if (placed) await clock.sleep(1000 / (await accounts.callsPerSecond(message.accountSid)));
    }
    return { batchItemFailures: [] };
  };

  async function attempt(
    message: OutboundMessage,
    record: SQSRecord,
  ): Promise<{ verdict: Verdict; placed: boolean }> {
    try {
      return await place(message.callSid, Number(record.attributes.ApproximateReceiveCount));
    } catch (error) {
      // Written by somebody else in between: whatever is true now is read next time.
      if (error instanceof Conflict) return { verdict: { retryAfterSeconds: 0 }, placed: false };
      if (error instanceof VoiceUnclear) {
        log('warn', 'It is unclear whether a call was placed; it is given time to begin', {
          callSid: message.callSid,
          ...errorFields(error),
        });
        return { verdict: { retryAfterSeconds: CLAIM_LEASE_MS / 1000 }, placed: false };
      }
      if (!(error instanceof VoiceBusy)) throw error;
      log('warn', 'The voice service is busy; the call waits', {
        callSid: message.callSid,
        ...errorFields(error),
      });
      const receives = Number(record.attributes.ApproximateReceiveCount);
      const retryAfterSeconds = BUSY_RETRY_SECONDS[receives - 1] ?? BUSY_RETRY_SECONDS[3];
      return { verdict: { retryAfterSeconds }, placed: false };
    }
  }

  async function place(callSid: string, receives: number): Promise<{ verdict: Verdict; placed: boolean }> {
    const stored = await storedSession(callSid);
    if (stored === undefined) {
      const orphan = receives >= MAX_RECEIVES_BEFORE_STORED;
      if (orphan)
        log('warn', 'A queued call was never stored; nobody was told that it was accepted', { callSid });
      return { verdict: orphan ? 'done' : { retryAfterSeconds: ORPHAN_RETRY_SECONDS }, placed: false };
    }
    const { session } = stored;
    const [root] = session.calls;
    if (root === undefined || isOver(root) || session.transactionId !== undefined) {
      await retell(stored);
      return { verdict: 'done', placed: false };
    }
    const isClaimed = session.claimedAtMs !== undefined && session.sip === undefined;
    if (isClaimed && clock.now() < (session.claimedAtMs ?? 0) + CLAIM_LEASE_MS) {
      return {
        verdict: { retryAfterSeconds: ((session.claimedAtMs ?? 0) + CLAIM_LEASE_MS - clock.now()) / 1000 },
        placed: false,
      };
    }

    if (session.sip !== undefined) return handOver(stored);

    const nowMs = clock.now();
    // Whoever queued the call may have ended before it told so. Told once more, and kept no longer: what lies in the
    // session is paid for at each of its writes.
    await retell(stored);
    const { outbox: _, ...told } = stored;
    const wakeAtMs = await watch(session, nowMs);
    await sessions.save({ ...told, session: { ...session, claimedAtMs: nowMs, wakeAtMs } }, nowMs);
    try {
      await patiently(() => voice.placeCall({ to: root.to, from: root.from, callSid }));
      return { verdict: 'done', placed: true };
    } catch (error) {
      if (error instanceof VoiceBusy) await release(callSid);
      if (!(error instanceof VoiceRefused)) throw error;
      await refused(callSid, error.message);
      return { verdict: 'done', placed: false };
    }
  }

  /**
   * Somebody looks after the call from here on, even if nothing is ever told of it. The look is early enough for its
   * ring time-out, so that it is the only one: that of an earlier try goes when it finds the call still waiting, or this
   * one under way. It must not come, and go, while the call is being placed.
   */
  async function watch({ sid, ringTimeoutSeconds, wakeAtMs }: Session, nowMs: number): Promise<number> {
    if (wakeAtMs !== undefined && wakeAtMs > nowMs + CLAIM_LEASE_MS) return wakeAtMs;
    const ringForMs = ringTimeoutSeconds * 1000;
    await timers.send({ callSid: sid }, ringForMs);
    return nowMs + ringForMs;
  }

  /** A call to a SIP address is the SIP edge's to place. */
  async function handOver(stored: StoredSession): Promise<{ verdict: Verdict; placed: boolean }> {
    let { session } = stored;
    if (edge === undefined) {
      await refused(session.sid, 'A SIP address is dialled by the SIP edge, and this deployment has none.');
      return { verdict: 'done', placed: false };
    }
    if (session.dialToken === undefined) {
      const nowMs = clock.now();
      const wakeAtMs = await watch(session, nowMs);
      const watched = { ...stored, session: { ...session, wakeAtMs } };
      session = await conclude(watched, { kind: 'handedOver', nowMs });
    }
    const { dialToken: token, sip } = session;
    if (token !== undefined)
      await edge.send({ kind: 'originate', token }, sip?.client === undefined ? undefined : CLIENTS_EDGE);
    return { verdict: 'done', placed: true };
  }

  /** A message may overtake the call that it is about by a few milliseconds. */
  async function storedSession(callSid: string): Promise<StoredSession | undefined> {
    for (const waitMs of STORE_RETRY_MS) {
      const stored = await sessions.get(callSid);
      if (stored !== undefined) return stored;
      await clock.sleep(waitMs);
    }
    return sessions.get(callSid);
  }

  async function patiently(request: () => Promise<unknown>): Promise<void> {
    for (const waitMs of [...BUSY_RETRY_MS, undefined]) {
      try {
        await request();
        return;
      } catch (error) {
        if (!(error instanceof VoiceBusy) || waitMs === undefined) throw error;
        await clock.sleep(waitMs);
      }
    }
  }

  /** The service said no to it: nothing was placed, so the next try need not wait for the lease. */
  async function release(callSid: string): Promise<void> {
    const stored = await sessions.get(callSid);
    if (stored === undefined || stored.session.transactionId !== undefined) return;
    const { claimedAtMs: _, ...session } = stored.session;
    const [root] = session.calls;
    if (session.ending !== undefined && root !== undefined && !isOver(root)) {
      return end(callSid, 'The call was canceled before it could be placed.');
    }
    await sessions.save({ ...stored, session }, clock.now());
  }

  async function refused(callSid: string, message: string): Promise<void> {
    log('warn', 'The voice service refused a call', { callSid, reason: message });
    await end(callSid, message);
  }

  async function end(callSid: string, message: string): Promise<void> {
    const stored = await sessions.get(callSid);
    if (stored === undefined) return;
    await conclude(stored, { kind: 'refused', message, nowMs: clock.now() });
  }
}

/** Calls per second, read once per account and batch. */
function createAccountsReader(table: ReturnType<typeof createTable>) {
  const accounts = createAccounts(table, { encrypt: unneeded, decrypt: unneeded });
  return {
    async callsPerSecond(accountSid: string): Promise<number> {
      return (await accounts.get(accountSid))?.callsPerSecond ?? DEFAULT_CALLS_PER_SECOND;
    },
  };
}

const unneeded = () => Promise.reject(new Error('This function handles no auth tokens.'));
