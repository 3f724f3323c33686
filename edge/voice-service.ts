import { E164 } from '../core/destination.ts';
import { type OutgoingInvitation, type Session, SessionError } from '../sip/user-agent.ts';
import { type BranchEnd, ENDS } from './branch-end.ts';
import type { Surroundings, VoiceConnector } from './surroundings.ts';

/** The voice service knows the call by it, and trusts it, as only an edge can have it. */
export const TOKEN_HEADER = 'X-Dialplane-Token';

/** The voice service gives its own function 20 s; past that, nobody is going to answer. */
const CONNECTOR_ANSWERS_WITHIN_MS = 30_000;

export interface Entrance {
  readonly connector: VoiceConnector;
  /** Whose call it is. */
  readonly token: string;
  readonly callerId: string;
  /** The call that has answered, and what it said as the voice service is to be told: the offer. */
  readonly session: Session;
  readonly sdp: string;
}

/** The INVITE that brings a call to the voice service. A caller who has no number is shown by the connector's. */
export function inviteVoiceService(
  { inside, insideTimer, host }: Pick<Surroundings, 'inside' | 'insideTimer' | 'host'>,
  {
    connector,
    token,
    callerId,
    sdp,
    maxForwards,
  }: Omit<Entrance, 'session'> & { readonly maxForwards?: number | undefined },
): OutgoingInvitation {
  const user = E164.test(callerId) ? callerId : connector.from;
  return inside.invite(connector.uri, {
    from: `<sip:${user}@${host()}>`,
    headers: { [TOKEN_HEADER]: token },
    sdp,
    maxForwards,
    ...(insideTimer && { sessionTimer: insideTimer }),
  });
}

/** Brings a call that has answered to the voice service (RFC 3725 §4.1). */
export class VoiceServiceCall {
  /** The voice service's side, once it has answered. Rejects with SessionError; with `silent` when it does not answer. */
  readonly answered: Promise<Session>;
  readonly #invitation: OutgoingInvitation;
  #silent = false;

  constructor(surroundings: Surroundings, { connector, token, callerId, session, sdp }: Entrance) {
    const { clock } = surroundings;
    this.#invitation = inviteVoiceService(surroundings, { connector, token, callerId, sdp });
    session.once('ended', () => this.cancel());
    const patience = clock.setTimeout(() => {
      this.#silent = true;
      this.cancel();
    }, CONNECTOR_ANSWERS_WITHIN_MS);
    this.answered = this.#invitation.answered.finally(() => clock.clearTimeout(patience));
  }

  cancel(): void {
    this.#invitation.cancel();
  }

  /** Why it would not take the call. */
  refusal(error: unknown): BranchEnd {
    if (this.#silent) return ENDS.connectorSilent;
    const sipCode = error instanceof SessionError ? error.status : 500;
    return { ...ENDS.connectorSilent, sipCode, cause: 'refused by the voice service' };
  }
}
