/**
 * What a document asks for, in no dialect's words. Where dialects differ (defaults, what follows a Dial without
 * an action), the difference is a value here, put there by the dialect's parser.
 */
import type { StatusCallback, WebTarget } from './call.ts';
import type { RingToneName } from './ring-tone.ts';
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

/** Audio as the voice service plays it, in the audio bucket. */
export interface StoredAudio {
  bucket: string;
  key: string;
}

export interface Play {
  verb: 'Play';
  url: string;
  /** Where the audio lies once it has been fetched. */
  audio?: StoredAudio | { error: string };
  /** 0 = until the call ends. */
  loop: number;
  /** Audio that cannot be had ends the call; without it, it is skipped. */
  needed?: true;
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

/** What its action answers takes the document's place; or the action is only told, and the document goes on all the same. */
export type ActionAnswer = 'document' | 'notice';

/** Takes keys from the caller, who hears the prompts meanwhile: the first key ends them. */
export interface Gather {
  verb: 'Gather';
  prompts: (Say | Play | Pause)[];
  /** From the end of the prompts to the first key. */
  firstKeyTimeoutSeconds: number;
  /** From one key to the next. */
  nextKeyTimeoutSeconds: number;
  /** Keys that end it and are not part of what was pressed; empty for none. */
  finishOnKeys: string;
  /** It ends once so many were pressed. */
  maxDigits: number;
  /** Other keys do not count, and void what was pressed so far: it is tried again. */
  validKeys?: string;
  /** What is heard after keys that do not count, before it is tried again. */
  invalid?: Play;
  /** Only these begin an entry: other keys are not heard until one of them was pressed. */
  startKeys?: string;
  /** How often it is tried, prompts and all, until something was pressed. */
  tries: number;
  action?: WebTarget;
  /** Nothing was pressed: go on with the next verb, or ask the action all the same. */
  onNothing: 'continue' | 'ask';
  answer: ActionAnswer;
  /** What was pressed is kept with the call under this name, for whoever reads its request. */
  keptAs?: string;
}

/** What the callee alone hears before the two are joined; the caller goes on hearing the ring tone. */
export interface Screening {
  /**
   * Its document is carried out for the callee. Its end joins the two; a Hangup or a Reject in it, or a document that cannot be had,
   * refuses. Without one the callee hears nothing.
   */
  document?: WebTarget;
  /** Only this key joins the two, pressed before the time is up. */
  key?: string;
  /** It is refused when nothing was decided by then. */
  timeoutSeconds: number;
}

/** What a dialled party may be given besides its address. */
interface Dialled {
  callback?: StatusCallback;
  screening?: Screening;
}

/** A number: somebody on the telephone network, unless the account's routes lead it over a trunk. */
export interface NumberTarget extends Dialled {
  kind: 'number';
  /** E.164, or what a route takes. */
  number: string;
  sendDigits?: string;
  /** Of the INVITE, where a route leads over a trunk; the telephone network carries none. */
  headers?: SipTarget['headers'];
  identifiedBy?: SipTarget['identifiedBy'];
}

/** A SIP client of the account's: all its registered contacts are rung. */
export interface ClientTarget extends Dialled {
  kind: 'client';
  name: string;
  headers: SipTarget['headers'];
  identifiedBy?: SipTarget['identifiedBy'];
}

export type DialTarget = NumberTarget | ClientTarget | SipTarget;

/** By who presses them. */
export interface WatchedKeys {
  caller?: string[];
  callee?: string[];
}

/** Audio, a country's ring tone, or the first Play of a document that is asked for when the Dial starts. */
export type Ringback = StoredAudio | { ringTone: RingToneName } | WebTarget;

interface DialSettings {
  /** Without it the caller's own number is shown. Towards the telephone network E.164, towards SIP the From's user. */
  callerId?: string;
  callerName?: string;
  /** Without a name of its own, the caller's is shown. */
  showsCallersName?: true;
  timeoutSeconds: number;
  timeLimitSeconds: number;
  hangupOnStar: boolean;
  /** What the caller hears again and again while somebody is rung. */
  ringback?: Ringback;
  /** Key sequences that are told to the callback of whoever is talked to, each time that somebody presses one. */
  watchedKeys?: WatchedKeys;
  /** A caller who is still waiting is answered before anybody is rung, unless the call's application says otherwise. */
  answerFirst?: true;
  action?: WebTarget;
  answer: ActionAnswer;
  /** Without an action: go on with the next verb, or hang up. */
  afterwards: 'continue' | 'hangup';
  /** Whoever has answered may send the caller on (REFER): its leg ends, and the document here takes the document's place. */
  refer?: WebTarget;
  /** What the others do while one that has answered is screened; without it they ring on. */
  othersDuringScreening?: 'ring' | 'cancel';
}

/** As a document asks for it. Before it begins it is laid out as those below: see lay-out.ts. */
export interface Dial extends DialSettings {
  verb: 'Dial';
  targets: DialTarget[];
  /** All at once, the first that answers wins; or one after the other, each for `timeoutSeconds`. */
  order: 'together' | 'in-turn';
}

interface LaidOutSettings extends DialSettings {
  /** So many Dials after this one stand in its place if nobody answers it, and are left out if somebody does. */
  alternatives?: number;
}

/** Numbers of the telephone network, tried one after the other: the voice service bridges to one endpoint at a time. */
export interface DialNumber extends LaidOutSettings {
  verb: 'DialNumber';
  targets: NumberTarget[];
}

/** SIP addresses, clients and numbers, all rung at once: the SIP edge dials them, and the first that answers wins. */
export interface DialEdge extends LaidOutSettings {
  verb: 'DialEdge';
  targets: SipTarget[];
}

/** Comes before a Dial that answers first. */
export interface Answer {
  verb: 'Answer';
}

export interface Redirect {
  verb: 'Redirect';
  target: WebTarget;
}

export interface Hangup {
  verb: 'Hangup';
}

/** The call is hung up so long after this, whatever it does then. */
export interface HangupLater {
  verb: 'HangupLater';
  afterSeconds: number;
}

export interface Reject {
  verb: 'Reject';
  reason: 'rejected' | 'busy';
}

export type Verb =
  | Answer
  | Say
  | Play
  | SendDigits
  | Pause
  | Gather
  | Dial
  | DialNumber
  | DialEdge
  | Redirect
  | Hangup
  | HangupLater
  | Reject;
/** What can be begun. */
export type LaidOutVerb = Exclude<Verb, Dial>;
export type VerbName = Verb['verb'];
export type VerbOf<N extends VerbName> = Extract<Verb, { verb: N }>;
