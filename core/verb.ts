/**
 * What a document asks for, in no dialect's words. Where dialects differ (defaults, what follows a Dial without
 * an action), the difference is a value here, put there by the dialect's parser.
 */
import type { StatusCallback, WebTarget } from './call.ts';
import type { SipTarget } from './sip-target.ts';

export interface Say {
  verb: 'Say';
  /** Text, or SSML elements where `ssml` is set; a part is never cut unless it is longer than one action takes. */
  parts: string[];
  ssml?: true;
  voiceId?: string;
  engine?: 'standard' | 'neural';
  languageCode?: string;
  /** 0 = until the call ends. */
  loop: number;
}

export interface Play {
  verb: 'Play';
  url: string;
  /** Where the audio lies once it has been fetched. */
  audio?: { bucket: string; key: string } | { error: string };
  /** 0 = until the call ends. */
  loop: number;
}

export interface SendDigits {
  verb: 'SendDigits';
  /** 0-9 * # A-D, `w` = 0.5 s, `W` = 1 s. */
  digits: string;
  loop: number;
}

export interface Pause {
  verb: 'Pause';
  lengthSeconds: number;
}

/** Somebody on the telephone network. */
export interface NumberTarget {
  kind: 'number';
  /** E.164. */
  number: string;
  callback?: StatusCallback;
  sendDigits?: string;
}

export interface Dial {
  verb: 'Dial';
  /** Tried one after the other: the voice service bridges to one endpoint at a time. */
  targets: NumberTarget[];
  /** E.164; without it the caller's own number is shown. */
  callerId?: string;
  timeoutSeconds: number;
  timeLimitSeconds: number;
  hangupOnStar: boolean;
  action?: WebTarget;
  /** Without an action: go on with the next verb, or hang up. */
  afterwards: 'continue' | 'hangup';
}

/** SIP addresses, all rung at once: the SIP edge dials them, and the first that answers wins. */
export interface DialSip {
  verb: 'DialSip';
  targets: SipTarget[];
  /** From user of the INVITEs; without it the caller's own number is shown. */
  callerId?: string;
  callerName?: string;
  timeoutSeconds: number;
  timeLimitSeconds: number;
  hangupOnStar: boolean;
  action?: WebTarget;
  /** Without an action: go on with the next verb, or hang up. */
  afterwards: 'continue' | 'hangup';
}

export interface Redirect {
  verb: 'Redirect';
  target: WebTarget;
}

export interface Hangup {
  verb: 'Hangup';
}

export interface Reject {
  verb: 'Reject';
  reason: 'rejected' | 'busy';
}

export type Verb = Say | Play | SendDigits | Pause | Dial | DialSip | Redirect | Hangup | Reject;
export type VerbName = Verb['verb'];
export type VerbOf<N extends VerbName> = Extract<Verb, { verb: N }>;
