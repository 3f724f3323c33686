/**
 * The seam between the runtime and whatever carries its calls: virtual handsets, and Voice Connectors over SIP.
 * Each side of a call holds one object of the other: the runtime acts on a `Line`, the network reports to `LineEvents`.
 * A network never reports from inside the call that caused it (`dial`, `inbound`): it waits for its clock.
 */
import type { LegMedia } from '../contract/leg-media.ts';
import type { Prompt } from '../media/prompt.ts';

/** Where a call goes: a phone number, or a user part at the routes of a Voice Connector. */
export type Destination =
  | { kind: 'number'; number: string }
  | { kind: 'voice-connector'; arn: string; user: string };

export interface OutgoingCall {
  from: string;
  to: Destination;
  /** Extra headers of the INVITE, names as they are on the wire. */
  headers: Record<string, string>;
}

export interface IncomingCall {
  from: string;
  to: string;
  /** Of a call to a Voice Connector: the host of the Request-URI, which decides where it goes in place of `to`. */
  hostName?: string | undefined;
  /** Headers of the INVITE, as received. */
  headers?: Record<string, string> | undefined;
}

export interface PhoneNetwork {
  /** Places a call. What becomes of it is told to `events`. */
  dial(call: OutgoingCall, events: LineEvents): Line;
}

/** What the service does to its end of one call. Everything is a no-op once the call has ended. */
export interface Line {
  /** Of an incoming call: 180, or 183 when media follows before the answer. */
  ring(earlyMedia: boolean): void;
  /** Of an incoming call: 200. */
  answer(): void;
  /** BYE; CANCEL while the far end rings; `sipCode` as the final response of an incoming call that is not answered. */
  hangUp(sipCode: number): void;
  /** The far end begins to hear this. */
  play(prompt: Prompt): void;
  /** What the far end heard is cut. */
  stopPlaying(): void;
  /** The far end hears these tones, each for so long; a comma is half a second without one. */
  sendDigits(digits: string, toneMs: number): void;
  /** Its sound, where it has any. */
  readonly audio?: LineAudio | undefined;
}

/** The sound of a line that is made of packets. */
export interface LineAudio {
  /** The two far ends hear each other from now on, keys included, except while one of them hears a prompt. */
  join(other: LineAudio): void;
  /** They do not any more. */
  leave(): void;
  readonly isJoined: boolean;
  /** Until the last packet of what is to be played has left; undefined while it cannot be sent. */
  readonly playingMs: number | undefined;
  /** What was measured until now, or until the end. */
  readonly measured: LegMedia;
}

/** What the far end does. Nothing is reported after `ended`. */
export interface LineEvents {
  /** Of an outgoing call: 18x. */
  ringing(): void;
  /** Of an outgoing call: 200. */
  answered(): void;
  digits(digits: string): void;
  /** The final response of an outgoing call that was not answered (486, 404, …), or 0 for a hang-up. */
  ended(sipCode: number): void;
}

/** The line of a call that is not dialled yet. */
export const NO_LINE: Line = {
  ring() {},
  answer() {},
  hangUp() {},
  play() {},
  stopPlaying() {},
  sendDigits() {},
};
