/**
 * What the SIP edge is told to dial, and what it tells back. A plan lies in the call table under a token that can be
 * used once; the voice service carries the token to the edge as the user part of its INVITE.
 */
import type { Call } from './call.ts';
import type { DocumentFailure, Notification } from './document.ts';
import type { CallEvent } from './event.ts';
import type { InboundCall } from './inbound.ts';
import type { MediaFigures } from './media-figures.ts';
import type { SipTarget } from './sip-target.ts';

/** Letters and digits: 24 of them are more than 128 bits, and within what the voice service takes (30). */
export const DIAL_TOKEN_CHARACTERS = 24;
/** From the plan's making to the INVITE that brings its token. */
export const DIAL_TOKEN_LIFETIME_MS = 60_000;

/** By which the edge brings a target that has answered to the voice service, to be screened. No dial token has a dash. */
export const screeningToken = (dialToken: string, index: number): string => `${dialToken}-${index}`;

/** Undefined for a token that brings no screening. */
export function readScreeningToken(token: string): { dialToken: string; index: number } | undefined {
  const [, dialToken, index] = /^([A-Za-z0-9]+)-(\d{1,2})$/.exec(token) ?? [];
  return dialToken === undefined ? undefined : { dialToken, index: Number(index) };
}

/** What a target's screening came to. */
export interface ScreeningVerdict {
  accepted: boolean;
  /** What its application's owner should know of its documents. */
  notifications: Notification[];
  /** Those of them that failed. */
  failures?: DocumentFailure[];
}

/** One target of a plan. */
export interface BranchPlace {
  dialToken: string;
  index: number;
}

export interface DialPlan {
  token: string;
  /**
   * `bridge`: the voice service calls the edge, which dials the targets and joins the first that answers.
   * `originate`: the edge dials the one target by itself, and calls the voice service once it has answered.
   * `inbound`: somebody calls the edge, which calls the voice service, and answers when that does; it has no targets, and
   * what is told of its call is the control plane's to tell.
   * `moved`: the edge takes a call out of the bridge that it has made, and calls the voice service for it.
   */
  kind: 'bridge' | 'originate' | 'inbound' | 'moved';
  accountSid: string;
  dialect: string;
  /** The root call of the session that the plan belongs to. */
  rootSid: string;
  /** One for each target, in their order, as the control plane left them: `initiated`. The edge carries them on. */
  calls: Call[];
  targets: SipTarget[];
  /** From of the INVITEs: user part, and display name. */
  callerId: string;
  callerName?: string;
  ringTimeoutSeconds: number;
  /** Of an originated call: given up that long after it has begun to ring. */
  hangUpAfterRingingSeconds?: number;
  timeLimitSeconds: number;
  /** The caller ends the bridge, not the call, with a star. */
  hangupOnStar: boolean;
  /** Whoever has answered may send the caller on, and the other way round; without it a REFER is refused. */
  takesRefer?: true;
  /** What other targets do while one that has answered is screened; without it they ring on. */
  othersDuringScreening?: 'ring' | 'cancel';
  expiresAtMs: number;
  /** Of an `inbound` plan. */
  inbound?: InboundCall;
  /** Of a `moved` plan: where its call is joined. */
  movedFrom?: BranchPlace;
}

/** What the edge knows of one branch. */
export interface BranchFacts {
  /** Call-ID of its INVITE. */
  sipCallId?: string;
  /** Of the final response; 487 for a branch that was cancelled. */
  sipCode?: number;
  /** To of the 200, with its tag. */
  to?: string;
  /** X- headers of the 200. */
  headers?: [name: string, value: string][];
  ringMs?: number;
  talkMs?: number;
  /** Of a target that is screened once it has answered: how far that is. */
  screening?: 'open' | 'accepted' | 'refused';
  /** It has sent the caller on (RFC 3515), to this address. */
  referTo?: string;
  /** What was measured of each side, where media passed the edge; without it the voice service's own figures are the only ones. */
  media?: { inside: MediaFigures; outside: MediaFigures };
}

/** How far the edge has got. It is written before the voice service is answered. */
export interface DialReport {
  /** The plan's calls as they are now. */
  calls: Call[];
  branches: BranchFacts[];
  /** Which of them is joined. */
  winner?: number;
  /** Events that are to be published, or have been: whoever finds them may publish them again. */
  outbox?: CallEvent[];
}
