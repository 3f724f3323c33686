import type { Applications } from '../../aws/applications.ts';
import { type Reception, receptionOf, type VoiceSettings } from '../../core/application.ts';
import type { CallEvent } from '../../core/event.ts';
import { createSession, type Entry, type Session } from '../../core/session.ts';
import { callSidOfTransaction } from '../../core/sid.ts';
import type { SmaEvent } from '../../core/wire.ts';

type Leg = SmaEvent['CallDetails']['Participants'][number];

/** What holds for a number's or a client's calls: its application is read, if it has chosen one. */
export async function readReception(
  owner: VoiceSettings & { accountSid: string },
  applications: Pick<Applications, 'get'>,
): Promise<Reception> {
  const { accountSid, applicationSid } = owner;
  const application =
    applicationSid === undefined ? undefined : await applications.get(accountSid, applicationSid);
  return receptionOf(owner, application?.value);
}

/** A call that came in: its owner's document decides. Without one the caller is turned away. */
export function inboundSession(
  event: SmaEvent,
  leg: Leg,
  reception: Reception,
  nowMs: number,
): { session: Session; events: CallEvent[] } {
  const { voice, voiceFallback, statusCallback, callbackEvents = ['completed'], delayAnswer } = reception;
  const entry: Entry = voice
    ? { target: voice, ...(voiceFallback && { fallback: voiceFallback }) }
    : { verbs: [{ verb: 'Reject', reason: 'rejected' }] };
  return createSession({
    sid: callSidOfTransaction(event.CallDetails.TransactionId),
    accountSid: reception.accountSid,
    dialect: reception.dialect,
    direction: 'inbound',
    to: leg.To,
    from: leg.From,
    entry,
    ...(statusCallback && { callback: { ...statusCallback, events: callbackEvents } }),
    ...(delayAnswer && { delayAnswer }),
    nowMs,
  });
}
