/** How this platform calls the state of a call: what a resource says, and what a callback says of each event. */
import type { CallbackEvent, CallStatus } from '../../core/call.ts';

/** A resource and a document request know no `initiated`: a call that is being dialled still counts as queued. */
export const STATUS_WORDS: Readonly<Record<CallStatus, string>> = {
  queued: 'queued',
  initiated: 'queued',
  ringing: 'ringing',
  'in-progress': 'in-progress',
  completed: 'completed',
  busy: 'busy',
  'no-answer': 'no-answer',
  failed: 'failed',
  canceled: 'canceled',
};

/** SIP final responses that this platform calls otherwise than the engine does: a decline is a busy callee. */
const STATUS_OF_SIP_CODE: Readonly<Record<number, string>> = { 603: 'busy' };

/** How a call is said to stand; of one that nobody answered its SIP response says more than its outcome. */
export function statusWord(status: CallStatus, sipCode?: number): string {
  const ofCode = status === 'no-answer' ? STATUS_OF_SIP_CODE[sipCode ?? 0] : undefined;
  return ofCode ?? STATUS_WORDS[status];
}

/** A callback's CallStatus; `completed` says how the call ended instead. */
export function callbackStatus(event: CallbackEvent, status: CallStatus, sipCode?: number): string {
  if (event === 'answered' || event === 'digits') return 'in-progress';
  return event === 'completed' ? statusWord(status, sipCode) : event;
}

/** What a list may be filtered by; in any case, since the platform itself mixes them. */
export const STATUSES_OF_WORD: Readonly<Record<string, CallStatus[]>> = Object.groupBy(
  Object.keys(STATUS_WORDS) as CallStatus[],
  status => STATUS_WORDS[status],
) as Record<string, CallStatus[]>;

/** The events that can be asked for, in the order in which they fire. Without a choice all of them are told. */
export const EVENTS = ['initiated', 'ringing', 'answered', 'completed'] as const satisfies CallbackEvent[];

/** What the status callback of a number or an application is told: each new status of its call. */
export const INBOUND_EVENTS: readonly CallbackEvent[] = ['ringing', 'answered', 'completed'];

/** Between the words of a list of events. */
export const EVENT_SEPARATOR = /[\s,]+/;

/** Words as they were asked for → events in their order; a word that means nothing is left out. */
export function eventsOf(words: readonly string[]): CallbackEvent[] {
  return EVENTS.filter(event => words.includes(event));
}
