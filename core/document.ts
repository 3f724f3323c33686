/** Documents: what the engine asks of a customer's server, and what comes of it. */
import type { Call, Outcome, WebTarget } from './call.ts';
import type { LaidOutVerb } from './verb.ts';

/** What happened, for the parameters of a request. */
export interface DialFacts {
  kind: 'dial';
  outcome: Outcome;
  callSid: string;
  durationSeconds: number;
  /** How long the one that is told of rang. */
  ringSeconds?: number;
  bridged: boolean;
  /** Somebody's phone rang; unknown where the telephone network was dialled. */
  rang?: boolean;
  /** Somebody answered, and was not joined: a screening refused. */
  reason?: 'screening-refused';
  /** Of a SIP address that was dialled: what its last branch's INVITE came to. */
  sip?: { callId?: string; code?: number; headers: [name: string, value: string][] };
}

/** A call that was dialled has answered, and is screened: what its 200 said. */
export interface ScreeningFacts {
  kind: 'screening';
  sipCallId?: string;
  /** X- headers of the 200. */
  headers: [name: string, value: string][];
}

export interface GatherFacts {
  kind: 'gather';
  /** Without the key that ended it. */
  digits: string;
  /** The finishing key, where one was pressed. */
  finishedBy?: string;
}

/** Whoever had answered has sent the caller on. */
export interface ReferFacts {
  kind: 'refer';
  /** Where to. */
  target: string;
  /** Who has sent whom. */
  transferor: string;
  transferee: string;
}

export type Facts = DialFacts | GatherFacts | ScreeningFacts | ReferFacts;

/** What a document is asked for: a call's first one, an action's, a Redirect's, a live update's, a callee's that is screened, or what a Dial's caller hears. */
export type RequestPurpose = 'first' | 'action' | 'redirect' | 'update' | 'screening' | 'ringback';

/** A document that could not be had, or not be carried out: whose fault it is, in the dialect's number. */
export interface DocumentFailure {
  code: number;
  message: string;
  /** Without credentials. */
  url?: string;
  /** `loop`: it did nothing but lead to the next one, as many before it had. */
  reason: 'unreachable' | 'invalid' | 'loop';
}

/** A request that the engine wants made. Its id names the decision that it belongs to: it is made once. */
export interface DocumentRequest {
  id: string;
  purpose: RequestPurpose;
  /** What is asked for a document… */
  target?: WebTarget;
  /** …or verbs that are at hand, whose audio is still to be fetched. */
  verbs?: LaidOutVerb[];
  fallback?: WebTarget;
  /** The call that the request is about, as it is now. */
  call: Call;
  facts?: Facts;
  /** Nobody waits for the answer: the caller has gone, or the call goes on whatever it is. */
  discard?: true;
}

/** Something that the application's owner should know of a document; codes are those of the dialect. */
export interface Notification {
  code: number;
  level: 'error' | 'warning';
  message: string;
  occurredAtMs: number;
  url?: string;
}

export type DocumentResult = {
  notifications?: Notification[];
  /** It failed, and what is here is what came of its fallback. */
  fellBack?: DocumentFailure;
} & ({ verbs: LaidOutVerb[] } | { error: DocumentFailure });
