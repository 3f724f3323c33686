import type { LegTag, Participant } from '../contract/event.ts';
import type { Line } from '../network/phone-network.ts';

/** One party of a call. `ringing` is a leg that nobody has answered yet, whoever called whom. */
export interface Leg {
  readonly callId: string;
  readonly tag: LegTag;
  readonly from: string;
  readonly to: string;
  readonly direction: 'Inbound' | 'Outbound';
  readonly startMs: number;
  readonly sipHeaders: Record<string, string> | undefined;
  line: Line;
  state: 'ringing' | 'connected' | 'ended';
}

export const isUp = (leg: Leg): boolean => leg.state !== 'ended';

/** An incoming call that the service has not answered. */
export const isUnanswered = (leg: Leg): boolean => leg.direction === 'Inbound' && leg.state === 'ringing';

/** A call that the service placed and nobody has answered. */
export const isStillDialled = (leg: Leg): boolean => leg.direction === 'Outbound' && leg.state === 'ringing';

/**
 * The leg as an event shows it. Status is left out of events about a call that has only begun, and of a
 * placed call that still rings; an unanswered incoming leg counts as connected, as the documentation prints it.
 */
export function participantOf(leg: Leg, withStatus: boolean): Participant {
  return {
    CallId: leg.callId,
    ParticipantTag: leg.tag,
    To: leg.to,
    From: leg.from,
    Direction: leg.direction,
    StartTimeInMilliseconds: String(leg.startMs),
    ...(withStatus && !isStillDialled(leg) && { Status: isUp(leg) ? 'Connected' : 'Disconnected' }),
    ...(leg.sipHeaders !== undefined && { SipHeaders: leg.sipHeaders }),
  };
}
