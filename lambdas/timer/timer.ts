/**
 * Wakes sessions: a ring time-out, a time limit. A message sleeps in its queue until its session wants to be woken, and
 * goes when the call is over. It finds a call whose end was lost, too.
 */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createBus } from '../../aws/bus.ts';
import { createHold, type WakeMessage } from '../../aws/queues.ts';
import { createSessions, type StoredSession } from '../../aws/sessions.ts';
import { Conflict, createTable } from '../../aws/table.ts';
import { createToldEnds } from '../../aws/told-ends.ts';
import { createVoice, VoiceBusy, VoiceCallGone, VoiceUnclear } from '../../aws/voice.ts';
import { nextAlarmMs } from '../../core/advance.ts';
import { CLOCKS_DIFFER_MS, NEVER_BEGUN_AFTER_MS } from '../../core/limits.ts';
import { sessionIsOver } from '../../core/session.ts';
import { createConclusion } from '../conclude.ts';
import { createEdgeLink } from '../edge-link.ts';
import type { FunctionContext } from '../function-context.ts';
import { createLog, errorFields } from '../log.ts';
import { type Seen, seeToEach } from '../see-to-each.ts';

/** After a call was woken, it is looked at again: by then it has another alarm, or is over. */
const LOOK_AGAIN_SECONDS = 30;
const BUSY_RETRY_SECONDS = 2;

export type TimerFunction = (event: SQSEvent) => Promise<SQSBatchResponse>;

export function createTimer({ env, clock, random }: FunctionContext): TimerFunction {
  const log = createLog(env);
  const table = createTable(env);
  const sessions = createSessions(table);
  const toldEnds = createToldEnds(table);
  const bus = createBus(env);
  const { conclude, retell } = createConclusion(sessions, bus, createEdgeLink(env, table, random));
  const voice = createVoice(env);
  const hold = createHold(env, 'TIMER_QUEUE_URL');

  return batch => seeToEach(batch, lookAfter, { log, fault: 'A call could not be looked after' });

  async function lookAfter(record: SQSRecord): Promise<Seen> {
    const { callSid } = JSON.parse(record.body) as WakeMessage;
    const seconds = await secondsUntilNextLook(callSid);
    if (seconds === undefined) return 'done';
    await hold(record.receiptHandle, seconds);
    return 'again';
  }

  /** Wakes the call if it is time. Undefined when there is nothing left to look after. */
  async function secondsUntilNextLook(callSid: string): Promise<number | undefined> {
    const stored = await sessions.get(callSid);
    if (stored === undefined) return undefined;
    if (sessionIsOver(stored.session)) {
      await retell(stored);
      if (!(await toldEnds.has(callSid))) await bus.publish(stored.handled?.events ?? []);
      return undefined;
    }
    const { session } = stored;
    if (session.transactionId === undefined) {
      const { claimedAtMs, wakeAtMs = 0 } = session;
      // Whoever tried to place it again has sent another wake-up, and whoever tries next will: one is enough.
      if (wakeAtMs > clock.now() + CLOCKS_DIFFER_MS) return undefined;
      if (claimedAtMs === undefined)
        return wakeAtMs > clock.now() ? (wakeAtMs - clock.now()) / 1000 : undefined;
      return claimedAtMs + NEVER_BEGUN_AFTER_MS > clock.now() ? LOOK_AGAIN_SECONDS : endLost(stored);
    }
    const dueMs = nextAlarmMs(session);
    if (dueMs === undefined) return LOOK_AGAIN_SECONDS;
    if (dueMs > clock.now()) {
      // The call may count on this wake-up for an alarm that it has not set yet.
      const { wakeAtMs = 0 } = session;
      const untilMs = wakeAtMs > clock.now() ? Math.min(wakeAtMs, dueMs) : dueMs;
      return (untilMs - clock.now()) / 1000;
    }
    try {
      await voice.updateCall(session.transactionId, { wake: String(dueMs) });
      return LOOK_AGAIN_SECONDS;
    } catch (error) {
      if (error instanceof VoiceBusy || error instanceof VoiceUnclear) return BUSY_RETRY_SECONDS;
      if (!(error instanceof VoiceCallGone)) throw error;
    }
    return endLost(stored);
  }

  async function endLost(stored: StoredSession): Promise<number | undefined> {
    const callSid = stored.session.sid;
    log('warn', 'The voice service does not know a call that had not ended; it is ended here', { callSid });
    try {
      await conclude(stored, { kind: 'lost', nowMs: clock.now() });
      return undefined;
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      log('info', 'The call ended just now', { callSid, ...errorFields(error) });
      return BUSY_RETRY_SECONDS;
    }
  }
}
