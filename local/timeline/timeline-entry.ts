import type { CallbackAttempt } from '../../core/operation.ts';
import type { SmaEvent } from '../../sma/contract/event.ts';
import type { ApiTrace, CallTrace } from '../../sma/trace.ts';

/** One thing that happened to a call. Times are epoch milliseconds by the platform's clock. */
export type TimelineEntry = { atMs: number } & (
  | VoiceApiEntry
  | HandlerEntry
  | Exclude<CallTrace, { kind: 'invocation-started' | 'invocation-ended' }>
  | BusEntry
  | CallbackEntry
);

/** A request to the voice service's API about the call. */
export type VoiceApiEntry = Omit<ApiTrace, 'kind'> & { kind: 'voice-api' };

/** An event to the handler, with its answer once there is one. */
export interface HandlerEntry {
  kind: 'handler';
  event: SmaEvent;
  /** Counts the attempts at one event from 1. */
  attempt: number;
  durationMs?: number;
  answer?: unknown;
  error?: { name: string; message: string };
  /** False when the answer came too late, or to an event whose answer the service ignores. */
  honoured?: boolean;
}

/** A call event on the bus. */
export interface BusEntry {
  kind: 'bus';
  type: string;
  detail: Record<string, unknown>;
}

/** One attempt at a status callback. */
export interface CallbackEntry extends CallbackAttempt {
  kind: 'callback';
  eventId: string;
  callSid: string;
  method: string;
  /** Without credentials. */
  url: string;
  parameters: Record<string, unknown>;
  /** Counts the attempts at one callback from 1. */
  attempt: number;
}
