/** What the status request tells of a callback. */
import { type Call, durationSeconds, isOver } from '../../core/call.ts';
import { toUuid } from '../../core/sid.ts';
import { STATUS_WORDS } from './status-words.ts';

/** Both legs, and how far the whole has got; `leg_B` is null until it is dialled. */
export function callbackState(calls: readonly Call[]): Record<string, unknown> {
  const [a, b] = calls;
  if (a === undefined) throw new Error('A callback has a first leg.');
  return { state: overallState(a, b), leg_A: legState(a), leg_B: b === undefined ? null : legState(b) };
}

/** Once A is up it is B's state that tells how the callback goes, until both are gone. */
function overallState(a: Call, b: Call | undefined): string {
  if (b === undefined) return STATUS_WORDS[a.status];
  if (isOver(b) && !isOver(a)) return b.answeredAtMs === undefined ? STATUS_WORDS[b.status] : 'answered';
  return STATUS_WORDS[b.status];
}

function legState(call: Call): Record<string, unknown> {
  const time = (atMs: number | undefined) => (atMs === undefined ? null : new Date(atMs).toISOString());
  return {
    call_id: toUuid(call.sid),
    state: STATUS_WORDS[call.status],
    to: call.to,
    from: call.from,
    started_at: time(call.startedAtMs),
    answered_at: time(call.answeredAtMs),
    ended_at: time(call.endedAtMs),
    duration_seconds: durationSeconds(call) ?? null,
    sip_code: call.sipCode ?? null,
  };
}
