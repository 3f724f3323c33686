/** How a call gets on, and what is told of it. Whoever carries a call on does it through here, so that it is told alike. */
import {
  type Call,
  type CallbackEvent,
  type CallStatus,
  isOver,
  isSettled,
  type StatusCallback,
} from './call.ts';
import { type CallEnd, endOfSipCode } from './call-end.ts';
import { CALLBACK_WORDS, type CallEvent, callFacts, EVENT_VERSION, type EventType } from './event.ts';
import { isoTime } from './iso-time.ts';

/** What each status is announced as. */
const EVENTS_OF_STATUS: Readonly<Record<CallStatus, readonly EventType[]>> = {
  queued: ['Call Queued'],
  initiated: ['Call Initiated'],
  ringing: ['Call Ringing'],
  'in-progress': ['Call Answered', 'Call In Progress'],
  completed: ['Call Completed'],
  busy: ['Call Completed'],
  'no-answer': ['Call Completed'],
  failed: ['Call Completed'],
  canceled: ['Call Completed'],
};

/** Events that nobody but a subscriber wants: what another one said is said again, or was asked for. */
const FOR_SUBSCRIBERS_ONLY: ReadonlySet<EventType> = new Set([
  'Call In Progress',
  'Call Joined',
  'Dial Digits',
]);

/** Events that everybody's callbacks can be asked for: each has a place among them, wanted or not. */
const USUAL: ReadonlySet<EventType> = new Set([
  'Call Initiated',
  'Call Ringing',
  'Call Answered',
  'Call Completed',
]);

const RANK: Readonly<Record<CallStatus, number>> = {
  queued: 0,
  initiated: 1,
  ringing: 2,
  'in-progress': 3,
  completed: 4,
  busy: 4,
  'no-answer': 4,
  failed: 4,
  canceled: 4,
};

/** What an event needs to know besides its call. */
export interface Telling {
  nowMs: number;
  accountSid: string;
  dialect: string;
}

/** Moves a call on, in place, and returns what is to be published of it. A call never goes back, and ends once. */
export function progress(call: Call, status: CallStatus, telling: Telling): CallEvent[] {
  if (isSettled(call) || (call.nextEvent > 0 && RANK[status] <= RANK[call.status])) return [];
  const { nowMs } = telling;
  call.status = status;
  call.updatedAtMs = nowMs;
  if (status === 'initiated' || (status === 'ringing' && call.direction === 'inbound'))
    call.startedAtMs = nowMs;
  if (status === 'in-progress') call.answeredAtMs = nowMs;
  if (isOver(call)) {
    const over = call as Call;
    over.endedAtMs = nowMs;
    over.end ??= endOfOutcome(over);
  }
  const events: CallEvent[] = [];
  for (const type of EVENTS_OF_STATUS[status]) events.push(...announce(type, call, telling));
  return events;
}

/** Where nobody knows more of an end than its outcome and its SIP response. */
function endOfOutcome({ status, answeredAtMs, sipCode = 0 }: Call): CallEnd {
  if (answeredAtMs !== undefined) return { by: 'callee', reason: 'hung-up' };
  if (status === 'canceled') return { by: 'caller', reason: 'canceled' };
  return status === 'busy' ? { by: 'callee', reason: 'busy' } : endOfSipCode(sipCode);
}

/** One event of a call, unless nobody wants it. It takes the call's next number. Its subscriber may be another call's. */
export function announce(
  type: EventType,
  call: Call,
  { nowMs, accountSid, dialect }: Telling,
  more: Pick<CallEvent['detail'], 'dial' | 'digits' | 'document'> = {},
  subscription = call.callback,
): CallEvent[] {
  const event = subscribedTo(type, subscription);
  if (FOR_SUBSCRIBERS_ONLY.has(type) && event === undefined) return [];
  const order = call.progressEvents ?? 0;
  if (USUAL.has(type)) call.progressEvents = order + 1;
  const sequenceNumber = call.nextEvent++;
  const metadata = {
    id: `${call.sid}-${sequenceNumber}`,
    version: EVENT_VERSION,
    occurredAt: isoTime(nowMs),
    sequenceNumber,
  };
  return [
    {
      type,
      detail: {
        metadata,
        call: callFacts(call, accountSid, dialect),
        ...more,
        ...(event && {
          callback: { subscribed: true, event, sequenceNumber: call.nextCallback++, order },
        }),
      },
    },
  ];
}

/** What its subscriber calls such an event; undefined where nobody has subscribed to it. */
function subscribedTo(type: EventType, subscription: StatusCallback | undefined): CallbackEvent | undefined {
  const word = CALLBACK_WORDS[type];
  return word !== undefined && subscription?.events.includes(word) ? word : undefined;
}

/** A call has another subscriber, in place: also for those of its events, the last ones in their order, that nobody has been told of yet. */
export function resubscribe(call: Call, callback: StatusCallback, untold: readonly CallEvent[]): void {
  const events = untold.filter(({ detail }) => detail.call.sid === call.sid);
  call.callback = callback;
  call.nextCallback -= events.filter(({ detail }) => detail.callback !== undefined).length;
  let order = (call.progressEvents ?? 0) - events.filter(({ type }) => USUAL.has(type)).length;
  for (const { type, detail } of events) {
    const event = subscribedTo(type, callback);
    delete detail.callback;
    if (event) detail.callback = { subscribed: true, event, sequenceNumber: call.nextCallback++, order };
    if (USUAL.has(type)) order++;
  }
}
