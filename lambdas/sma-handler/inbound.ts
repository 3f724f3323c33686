import { type Applications, createApplications } from '../../aws/applications.ts';
import { createNumbers } from '../../aws/numbers.ts';
import { createSipClients } from '../../aws/sip-clients.ts';
import type { Table } from '../../aws/table.ts';
import { type Reception, receptionOf, type VoiceSettings } from '../../core/application.ts';
import type { SipOrigin } from '../../core/call.ts';
import type { DialPlan } from '../../core/dial-plan.ts';
import type { CallEvent } from '../../core/event.ts';
import type { Receiver } from '../../core/inbound.ts';
import { createSession, type Entry, type Session } from '../../core/session.ts';
import { callSidOfTransaction } from '../../core/sid.ts';
import type { SmaEvent } from '../../core/wire.ts';

/** A call that came in, before anybody knows what becomes of it. */
export interface Arrival {
  sid: string;
  to: string;
  from: string;
  origin?: SipOrigin;
  /** Of the plan by which the edge has brought it. */
  token?: string;
  receiver: Receiver;
  /** Where the edge has brought it; a call by phone is its number's. */
  owner?: { accountSid: string; dialect: string };
}

/** By the telephone network: the number that was called decides. */
export function arrivalByPhone({ CallDetails }: SmaEvent): Arrival | undefined {
  const leg = CallDetails.Participants.find(({ ParticipantTag }) => ParticipantTag === 'LEG-A');
  return (
    leg && {
      sid: callSidOfTransaction(CallDetails.TransactionId),
      to: leg.To,
      from: leg.From,
      receiver: { kind: 'number', number: leg.To },
    }
  );
}

/** By the SIP edge; undefined for a plan of a call of our own. */
export function arrivalOf({ rootSid, accountSid, dialect, token, inbound }: DialPlan): Arrival | undefined {
  return inbound && { ...inbound, sid: rootSid, token, owner: { accountSid, dialect } };
}

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

export interface Receptions {
  /** What a call that came in meets; undefined where nobody receives it. */
  of(arrival: Arrival): Promise<Reception | undefined>;
}

export function createReceptions(table: Table): Receptions {
  const numbers = createNumbers(table);
  const clients = createSipClients(table);
  const applications = createApplications(table);

  async function ownerOf({
    receiver,
    owner,
  }: Arrival): Promise<(VoiceSettings & { accountSid: string }) | undefined> {
    if (receiver.kind === 'number') return numbers.get(receiver.number);
    if (owner === undefined || receiver.kind === 'verbs') return owner;
    const client = (await clients.get(owner.accountSid, receiver.name))?.value;
    return client && { ...client, dialect: client.dialect ?? owner.dialect };
  }

  return {
    async of(arrival) {
      const owner = await ownerOf(arrival);
      return owner && readReception(owner, applications);
    },
  };
}

/** A call that came in: its owner's document decides, or the verbs that it brings. Without any the caller is turned away. */
export function inboundSession(
  { sid, to, from, origin, token, receiver }: Omit<Arrival, 'owner'>,
  reception: Reception,
  nowMs: number,
): { session: Session; events: CallEvent[] } {
  const { statusCallback, callbackEvents = ['completed'], delayAnswer, refer } = reception;
  return createSession({
    sid,
    accountSid: reception.accountSid,
    dialect: reception.dialect,
    direction: 'inbound',
    to,
    from,
    entry: entryFor(receiver, reception),
    ...(origin && { origin }),
    ...(token !== undefined && { arrivalToken: token }),
    ...(origin?.callerName !== undefined && { callerName: origin.callerName }),
    ...(statusCallback && { callback: { ...statusCallback, events: callbackEvents } }),
    ...(delayAnswer && { delayAnswer }),
    ...(refer && { refer }),
    nowMs,
  });
}

function entryFor(receiver: Receiver, { voice, voiceFallback }: Reception): Entry {
  if (receiver.kind === 'verbs') return { verbs: receiver.verbs };
  if (voice === undefined) return { verbs: [{ verb: 'Reject', reason: 'rejected' }] };
  return { target: voice, ...(voiceFallback && { fallback: voiceFallback }) };
}
