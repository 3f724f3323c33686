import { type Addressed, Dialog } from '../dialog/dialog.ts';
import { OfferAnswer } from '../dialog/offer-answer.ts';
import type { DigestClient } from '../digest/client.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { SessionTimerOptions } from '../session-timer/session-timer.ts';
import type { Transport } from '../transport/transport.ts';
import type { Uri } from '../uri/uri.ts';
import type { Stack } from '../user-agent/stack.ts';
import type { IncomingOffer } from './incoming-offer.ts';
import { Session } from './session.ts';

/** What a dialog needs of the INVITE of ours that it comes of. */
export interface ForkParts extends Omit<Addressed, 'request'> {
  readonly stack: Stack;
  readonly sdp?: string | undefined;
  readonly authenticator?: DigestClient | undefined;
  readonly timer?: SessionTimerOptions | undefined;
  /** Answers offers of peers whose INVITE had none; every session of the invitation starts with it. */
  readonly onOffer?: ((offer: IncomingOffer, session: Session) => void) | undefined;
  /** Whether a Contact leads nowhere, as that of a peer behind a NAT may. */
  readonly isOutOfReach?: ((contact: Uri) => boolean) | undefined;
}

/** The session of the dialog that a response makes. */
export function sessionOf(
  parts: ForkParts,
  transport: Transport | undefined,
  response: SipResponse,
  sent: SipRequest,
): Session {
  const { stack, sdp, authenticator, timer, onOffer, contactUser } = parts;
  const exchange = new OfferAnswer();
  if (sdp !== undefined) exchange.offerLocally(sdp, 'INVITE');
  const dialog = Dialog.asUac(sent, response);
  dialog.contactUser = contactUser;
  const session = new Session({
    stack,
    dialog,
    exchange,
    authenticator,
    timer,
  });
  session.onOffer = onOffer;
  aim(parts, dialog);
  session.core.transport = transport;
  return session;
}

/** Takes a 2xx: it confirms the dialog and gets its ACK; when it comes again, the same ACK again. */
export function acknowledge(
  parts: ForkParts,
  session: Session,
  response: SipResponse,
  sent: SipRequest,
): void {
  session.acknowledging.accepted(sent, response, () => {
    session.dialog.confirm(response);
    aim(parts, session.dialog);
    session.core.learnMethods(response);
    session.timer.learn(sent, response);
  });
}

/** Where the Contact is out of reach, requests go where the INVITE went. */
function aim({ nextHop, isOutOfReach }: ForkParts, dialog: Dialog): void {
  dialog.detour = isOutOfReach?.(dialog.remoteTarget) ? nextHop : undefined;
}
