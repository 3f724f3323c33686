/** A call: one leg as its owner sees it, whichever dialect made it. */
import type { CallEnd } from './call-end.ts';
import type { MediaFigures } from './media-figures.ts';

export type CallStatus = 'queued' | 'initiated' | 'ringing' | 'in-progress' | Outcome;

/** How a call ended. */
export type Outcome = 'completed' | 'busy' | 'no-answer' | 'failed' | 'canceled';

export type Direction = 'inbound' | 'outbound-api' | 'outbound-dial';

/**
 * What a status callback can be asked for. `queued` is that its request was accepted; `in-progress` is the second word that some platforms say for an answer; `joined` is that
 * a dialled call talks with the one that dialled it; `digits` are keys that a Dial watches.
 */
export type CallbackEvent =
  | 'queued'
  | 'initiated'
  | 'ringing'
  | 'answered'
  | 'in-progress'
  | 'joined'
  | 'completed'
  | 'digits';

export type HttpMethod = 'GET' | 'POST';

/** A URL of the customer's and how it is asked. */
export interface WebTarget {
  url: string;
  method: HttpMethod;
  /** What a request to it says besides the usual. */
  parameters?: Parameters;
}

/** Names and values of a request to a customer's server, as its dialect writes them. */
export type Parameters = [name: string, value: string][];

export interface StatusCallback extends WebTarget {
  events: CallbackEvent[];
  /** Events that are told elsewhere than the others. */
  elsewhere?: Partial<Record<CallbackEvent, WebTarget>>;
}

/** Where an event is told. */
export function targetOf({ elsewhere, ...callback }: StatusCallback, event: CallbackEvent): WebTarget {
  return elsewhere?.[event] ?? callback;
}

/** How a call that came in over SIP introduced itself. */
export interface SipOrigin {
  /** Call-ID of its INVITE. */
  callId: string;
  /** The To header as it was received. */
  to: string;
  /** The display name of its From. */
  callerName?: string;
  /** X- headers, Diversion and User-to-User of its INVITE, names as they were received. */
  headers: [name: string, value: string][];
}

export interface Call {
  sid: string;
  /** Of a call that another one dialled. */
  parentSid?: string;
  direction: Direction;
  to: string;
  from: string;
  /** Display name of its INVITE: what is shown beside `from`, or what its caller's INVITE showed. */
  callerName?: string;
  status: CallStatus;
  /** Epoch milliseconds, here and below. */
  createdAtMs: number;
  updatedAtMs: number;
  startedAtMs?: number;
  answeredAtMs?: number;
  endedAtMs?: number;
  /** The SIP response that ended it, where the voice service told. */
  sipCode?: number;
  /** Who ended it and why, once it is over. */
  end?: CallEnd;
  /** What was measured of its sound, where somebody did. */
  media?: MediaFigures;
  callback?: StatusCallback;
  /** What every request about it says besides the usual. */
  parameters?: Parameters;
  /** By which the request that placed it is known, where somebody is told of that. */
  requestId?: string;
  /** Of a call that came in over SIP. */
  sip?: SipOrigin;
  /** Of a call that was placed to a SIP address: To of its 200, with its tag. */
  sipTo?: string;
  /** The number of the next event of this call. */
  nextEvent: number;
  /** The number of the next event that its subscriber gets. */
  nextCallback: number;
  /** How many events it has had that can be subscribed to, wanted or not. */
  progressEvents?: number;
  /** It was taken out of its session: the one of that SID carries it on, and tells all that becomes of it. */
  moved?: { to: string; atMs: number };
  /** Its record was deleted by its owner: it runs out, and is shown no more. */
  deleted?: true;
}

const OUTCOMES: ReadonlySet<CallStatus> = new Set<Outcome>([
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
]);

export function isOver(call: Call): call is Call & { status: Outcome; endedAtMs: number } {
  return OUTCOMES.has(call.status);
}

/** Nothing more becomes of it where it is told of so: it is over, or another session carries it on. */
export const isSettled = (call: Call): boolean => isOver(call) || call.moved !== undefined;

/** Talk time in whole seconds, rounded; 0 for a call that nobody answered; undefined while it lasts. Of a call that was moved, until then. */
export function durationSeconds({ answeredAtMs, endedAtMs, moved }: Call): number | undefined {
  const untilMs = endedAtMs ?? moved?.atMs;
  if (untilMs === undefined) return undefined;
  return answeredAtMs === undefined ? 0 : Math.round((untilMs - answeredAtMs) / 1000);
}

/** From the first ring, or the try to reach somebody, until an answer or the end, in whole seconds, rounded; undefined before. */
export function rangSeconds({ startedAtMs, answeredAtMs, endedAtMs }: Call): number | undefined {
  const untilMs = answeredAtMs ?? endedAtMs;
  return startedAtMs === undefined || untilMs === undefined
    ? undefined
    : Math.round((untilMs - startedAtMs) / 1000);
}
