import type { Dialog, DialogSnapshot } from '../dialog/dialog.ts';
import type { OfferAnswer } from '../dialog/offer-answer.ts';
import type { DigestClient } from '../digest/client.ts';
import type { HeaderInit } from '../message/create.ts';
import type { SipRequest } from '../message/message.ts';
import type { SessionTimerOptions, SessionTimerSnapshot } from '../session-timer/session-timer.ts';
import type { Stack } from '../user-agent/stack.ts';

/** How a session ended. */
export interface SessionEnd {
  /** Who ended it: we, the peer's BYE, a session timer, or a dialog that turned out to be gone. */
  readonly by: 'local' | 'remote' | 'timer' | 'network';
  /** A word on why: a status, `no ACK`, `session expired`, … */
  readonly cause: string;
  /** The peer's BYE, when it was that. */
  readonly request?: SipRequest | undefined;
}

/** What a session tells whoever listens. */
export interface SessionEvents {
  /** The first 2xx has been acknowledged: by us as UAC, by the peer where we are the UAS. */
  confirmed: [];
  /** An offer has its answer: see `localSdp` and `remoteSdp`. */
  negotiated: [];
  /** The peer has refreshed the session, or its target, by re-INVITE or UPDATE. */
  refreshed: [];
  /** The peer's NOTIFY that belongs to no `Referral`; it has been answered. */
  notify: [request: SipRequest];
  /** Exactly once. */
  ended: [end: SessionEnd];
}

/** A confirmed session as plain data; its owner keeps credentials and handlers. */
export interface SessionSnapshot {
  readonly dialog: DialogSnapshot;
  readonly localSdp: string | undefined;
  readonly remoteSdp: string | undefined;
  readonly timer: SessionTimerSnapshot;
}

/** What a session is made of. */
export interface SessionParts {
  readonly stack: Stack;
  readonly dialog: Dialog;
  readonly exchange?: OfferAnswer | undefined;
  readonly authenticator?: DigestClient | undefined;
  readonly timer?: SessionTimerOptions | undefined;
}

/** Headers for a request that ends or describes something. */
export interface RequestOptions {
  readonly headers?: HeaderInit | undefined;
}
