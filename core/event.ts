/** Call events: what is told on the event bus. */
import type { Call, CallbackEvent } from './call.ts';
import { durationSeconds } from './call.ts';
import type { CallEnd } from './call-end.ts';
import type { DialFacts, DocumentFailure, RequestPurpose } from './document.ts';
import { isoTime } from './iso-time.ts';
import type { MediaFigures } from './media-figures.ts';

export const EVENT_SOURCE = 'dialplane';
export const EVENT_VERSION = 1;

export type EventType =
  | 'Call Queued'
  | 'Call Initiated'
  | 'Call Ringing'
  | 'Call Answered'
  | 'Call In Progress'
  | 'Call Joined'
  | 'Call Completed'
  | 'Dial Digits'
  | 'Dial Completed'
  | 'Document Failed';

/** What each event is called by those who subscribe to status callbacks; an event without a word is for the bus alone. */
export const CALLBACK_WORDS: Readonly<Partial<Record<EventType, CallbackEvent>>> = {
  'Call Queued': 'queued',
  'Call Initiated': 'initiated',
  'Call Ringing': 'ringing',
  'Call Answered': 'answered',
  'Call In Progress': 'in-progress',
  'Call Joined': 'joined',
  'Call Completed': 'completed',
  'Dial Digits': 'digits',
};

/** The call as an event tells it: no address of its owner's servers, no secret. */
export interface CallFacts {
  sid: string;
  parentSid?: string;
  accountSid: string;
  dialect: string;
  direction: Call['direction'];
  to: string;
  from: string;
  status: Call['status'];
  /** ISO 8601, here and below: when it was begun, answered and over, as far as it has got. */
  startedAt?: string;
  answeredAt?: string;
  endedAt?: string;
  durationSeconds?: number;
  sipCode?: number;
  /** Who ended it and why. */
  end?: CallEnd;
  media?: MediaFigures;
}

/** Keys that a Dial watches were pressed while the two talked. */
export interface DigitsFacts {
  keys: string;
  pressedBy: 'caller' | 'callee';
  /** The dialled call, whose subscriber is told. */
  callSid: string;
}

export interface CallEvent {
  type: EventType;
  detail: {
    metadata: {
      /** The same each time that the event is published. */
      id: string;
      version: number;
      /** ISO 8601. */
      occurredAt: string;
      /** 0, 1, 2, … in the order in which this call's events fired. */
      sequenceNumber: number;
    };
    call: CallFacts;
    dial?: Omit<DialFacts, 'kind'>;
    digits?: DigitsFacts;
    /** The document that could not be had or carried out: the request, what was wrong, and whether its fallback is asked. */
    document?: DocumentFailure & { purpose: RequestPurpose; fallback?: true };
    /** There when somebody subscribed to it; its number counts what that subscriber gets. */
    callback?: {
      subscribed: true;
      event: CallbackEvent;
      sequenceNumber: number;
      /** Its place among the events of this call that anybody could have subscribed to, from 0. */
      order: number;
    };
  };
}

export function callFacts(call: Call, accountSid: string, dialect: string): CallFacts {
  const seconds = durationSeconds(call);
  return {
    sid: call.sid,
    accountSid,
    dialect,
    direction: call.direction,
    to: call.to,
    from: call.from,
    status: call.status,
    ...(call.parentSid !== undefined && { parentSid: call.parentSid }),
    ...(call.startedAtMs !== undefined && { startedAt: isoTime(call.startedAtMs) }),
    ...(call.answeredAtMs !== undefined && { answeredAt: isoTime(call.answeredAtMs) }),
    ...(call.endedAtMs !== undefined && { endedAt: isoTime(call.endedAtMs) }),
    ...(seconds !== undefined && { durationSeconds: seconds }),
    ...(call.sipCode !== undefined && { sipCode: call.sipCode }),
    ...(call.end && { end: call.end }),
    ...(call.media && { media: call.media }),
  };
}

/** A call as an event tells it, whatever is known of it elsewhere: who announced the event may be ahead of whoever keeps the call. */
export function asTold(call: Call, told: CallFacts): Call {
  const { startedAtMs: _, answeredAtMs: __, endedAtMs: ___, sipCode: ____, end: _____, ...kept } = call;
  const { status, startedAt, answeredAt, endedAt, sipCode, end } = told;
  return {
    ...kept,
    status,
    ...(startedAt !== undefined && { startedAtMs: Date.parse(startedAt) }),
    ...(answeredAt !== undefined && { answeredAtMs: Date.parse(answeredAt) }),
    ...(endedAt !== undefined && { endedAtMs: Date.parse(endedAt) }),
    ...(sipCode !== undefined && { sipCode }),
    ...(end && { end }),
  };
}
