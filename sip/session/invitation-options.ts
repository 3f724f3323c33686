import type { HeaderInit } from '../message/create.ts';
import type { SipRequest } from '../message/message.ts';
import type { SessionTimerOptions } from '../session-timer/session-timer.ts';
import type { InviteServerTransaction } from '../transaction/invite-server.ts';
import type { Stack } from '../user-agent/stack.ts';
import type { Session } from './session.ts';

/** What an invitation tells whoever listens. */
export interface IncomingInvitationEvents {
  /** The caller gave up: CANCEL, BYE in the early dialog, or the end of its Expires. 487 has been sent. */
  cancelled: [request: SipRequest | undefined];
}

/** A response that belongs to a dialog. */
export interface ProgressOptions {
  /** A session description: the answer, or our offer where the INVITE had none. */
  readonly sdp?: string | undefined;
  readonly headers?: HeaderInit | undefined;
  readonly reason?: string | undefined;
  /** Send it reliably (RFC 3262). By default as the caller requires. */
  readonly reliable?: boolean | undefined;
}

/** How to accept. */
export interface AcceptOptions extends Omit<ProgressOptions, 'reliable'> {
  /** The session timer of this call, in place of the agent's. */
  readonly sessionTimer?: SessionTimerOptions | undefined;
}

/** What an invitation is made of. */
export interface IncomingInvitationParts {
  readonly stack: Stack;
  readonly transaction: InviteServerTransaction;
  readonly request: SipRequest;
  readonly timer: SessionTimerOptions | undefined;
  readonly replaces: Session | undefined;
}
