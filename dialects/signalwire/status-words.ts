/** How these platforms call the state of a call: what a resource says, and what a callback says of each event. */
import type { CallbackEvent, CallStatus, Outcome } from '../../core/call.ts';

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

/** What a list may be filtered by. */
export const STATUSES_OF_WORD: Readonly<Record<string, CallStatus[]>> = Object.groupBy(
  Object.keys(STATUS_WORDS) as CallStatus[],
  status => STATUS_WORDS[status],
) as Record<string, CallStatus[]>;

/** A callback's CallStatus; `completed` says how the call ended instead. */
export const CALLBACK_STATUS: Readonly<Record<Exclude<CallbackEvent, 'completed'>, string>> = {
  queued: 'queued',
  initiated: 'initiated',
  ringing: 'ringing',
  answered: 'answered',
  'in-progress': 'in-progress',
  joined: 'in-progress',
  digits: 'in-progress',
};

export function callbackStatus(event: CallbackEvent, status: CallStatus): string {
  return event === 'completed' ? STATUS_WORDS[status as Outcome] : CALLBACK_STATUS[event];
}

/** The events that can be asked for. An answer is told twice, first as `answered` and then as `in-progress`. */
export const EVENT_WORDS: Readonly<Record<string, readonly CallbackEvent[]>> = {
  initiated: ['initiated'],
  ringing: ['ringing'],
  answered: ['answered', 'in-progress'],
  completed: ['completed'],
};

export const DEFAULT_EVENTS: readonly CallbackEvent[] = ['completed'];

const ORDER: readonly CallbackEvent[] = ['initiated', 'ringing', 'answered', 'in-progress', 'completed'];

const BY_WORD = new Map(Object.entries(EVENT_WORDS));

/** Words as they were asked for → events in the order in which they fire; a word that means nothing is left out. */
export function eventsOf(words: readonly string[]): CallbackEvent[] {
  return ORDER.filter(event => words.some(word => BY_WORD.get(word)?.includes(event)));
}
