/** How Plivo calls the state of a call, and how one ended. */
import type { CallbackEvent, CallStatus, Outcome } from '../../core/call.ts';

/** CallStatus of a request. */
export const STATUS_WORDS: Readonly<Record<CallStatus, string>> = {
  queued: 'queued',
  initiated: 'ringing',
  ringing: 'ringing',
  'in-progress': 'in-progress',
  completed: 'completed',
  busy: 'busy',
  'no-answer': 'no-answer',
  failed: 'failed',
  canceled: 'cancel',
};

/** Calls that `status=live` shows, and those that `status=queued` does. */
export const LIVE_STATUSES = ['initiated', 'ringing', 'in-progress'] as const satisfies CallStatus[];
export const QUEUED_STATUSES = ['queued'] as const satisfies CallStatus[];

/** `call_state` of a call that is over. */
export const CALL_STATES: Readonly<Record<Outcome, string>> = {
  completed: 'ANSWER',
  busy: 'BUSY',
  'no-answer': 'NO_ANSWER',
  failed: 'FAILED',
  canceled: 'CANCEL',
};

/** What a Dial's callbackUrl is told of one that is dialled. */
export const DIAL_EVENTS = {
  answered: { Event: 'DialAnswer', DialAction: 'answer', DialBLegStatus: 'answer' },
  joined: { Event: 'DialConnected', DialAction: 'connected', DialBLegStatus: 'connected' },
  digits: { Event: 'DialDigitsMatch', DialAction: 'digits', DialBLegStatus: 'answer' },
  completed: { Event: 'DialHangup', DialAction: 'hangup', DialBLegStatus: 'hangup' },
} as const satisfies Partial<Record<CallbackEvent, object>>;
