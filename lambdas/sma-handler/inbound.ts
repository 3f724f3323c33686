import type { CallEvent } from '../../core/event.ts';
import type { PhoneNumber } from '../../core/operation.ts';
import { createSession, type Entry, type Session } from '../../core/session.ts';
import { callSidOfTransaction } from '../../core/sid.ts';
import type { SmaEvent } from '../../core/wire.ts';

type Leg = SmaEvent['CallDetails']['Participants'][number];

/** A call to a number: its owner's document decides. Without one the caller is turned away. */
export function inboundSession(
  event: SmaEvent,
  leg: Leg,
  number: PhoneNumber,
  nowMs: number,
): { session: Session; events: CallEvent[] } {
  const { voice, voiceFallback, statusCallback } = number;
  const entry: Entry = voice
    ? { target: voice, ...(voiceFallback && { fallback: voiceFallback }) }
    : { verbs: [{ verb: 'Reject', reason: 'rejected' }] };
  return createSession({
    sid: callSidOfTransaction(event.CallDetails.TransactionId),
    accountSid: number.accountSid,
    dialect: number.dialect,
    direction: 'inbound',
    to: leg.To,
    from: leg.From,
    entry,
    ...(statusCallback && { callback: { ...statusCallback, events: ['completed'] } }),
    nowMs,
  });
}
