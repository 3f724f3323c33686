/** Applications: what becomes of calls that come in, under one name, for all the numbers and clients that choose it. */
import type { CallbackEvent, WebTarget } from './call.ts';

export const MAX_APPLICATIONS = 1_000;
export const MAX_FRIENDLY_NAME_CHARACTERS = 64;

/** What becomes of a call that comes in, and in whose words its documents and callbacks are. */
export interface VoiceSettings {
  dialect: string;
  voice?: WebTarget;
  voiceFallback?: WebTarget;
  statusCallback?: WebTarget;
  /** What the status callback is told; without them how the call ended. */
  callbackEvents?: CallbackEvent[];
  /** Asked when somebody whom a Dial has reached sends the caller on (REFER), where the Dial does not say so itself. */
  refer?: WebTarget;
  /** An application's settings take the place of these, but for `refer`. */
  applicationSid?: string;
}

export interface Application extends Omit<VoiceSettings, 'applicationSid'> {
  /** `AP…` */
  sid: string;
  accountSid: string;
  friendlyName: string;
  /** A Dial lets the caller ring until somebody answers, where its dialect would answer the caller first. */
  delayAnswer?: true;
  createdAtMs: number;
  updatedAtMs: number;
}

/** What a call meets that comes in to somebody. */
export type Reception = Omit<VoiceSettings, 'applicationSid'> &
  Pick<Application, 'accountSid' | 'delayAnswer'>;

/**
 * The settings that hold for a number's or a client's calls: those of its application, or its own where it has none or
 * that one is gone.
 */
export function receptionOf(
  owner: VoiceSettings & { accountSid: string },
  application: Application | undefined,
): Reception {
  if (application === undefined) return owner;
  return { ...application, ...(owner.refer && { refer: owner.refer }) };
}
