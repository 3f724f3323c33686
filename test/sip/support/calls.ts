import type { SessionError } from '../../../sip/dialog/errors.ts';
import type { IncomingInvitation } from '../../../sip/session/incoming-invitation.ts';
import type { Session } from '../../../sip/session/session.ts';
import type { InviteOptions, UserAgentOptions } from '../../../sip/user-agent.ts';
import { ANSWER, OFFER, type Stage } from './stage.ts';

export const BOB = 'sip:bob@10.0.0.2';

/** What differs from a plain call. */
export interface CallSetup {
  readonly alice?: Partial<UserAgentOptions>;
  readonly bob?: Partial<UserAgentOptions>;
  readonly invite?: InviteOptions;
}

/** Alice calls bob, whose phone rings. */
export async function ringing(stage: Stage, setup: CallSetup = {}) {
  const alice = await stage.agent('10.0.0.1', setup.alice);
  const bob = await stage.agent('10.0.0.2', setup.bob);
  let incoming: IncomingInvitation | undefined;
  bob.onInvite = invitation => {
    incoming = invitation;
    invitation.progress(180);
  };
  const outgoing = alice.invite(BOB, { sdp: OFFER, ...setup.invite });
  const failures: SessionError[] = [];
  outgoing.on('failed', error => failures.push(error));
  await stage.clock.advance(10);
  return { alice, bob, outgoing, incoming: incoming as IncomingInvitation, failures };
}

/** Alice calls bob, who answers. */
export async function established(stage: Stage, setup: CallSetup = {}) {
  const parties = await ringing(stage, setup);
  const called = parties.incoming.accept({ sdp: ANSWER });
  await stage.clock.advance(10);
  const calling = parties.outgoing.sessions[0] as Session;
  return { ...parties, calling, called };
}
