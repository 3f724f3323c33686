/** What happens inside the runtime, told as it happens: call timelines and the tool's ladder are made of these entries. */
import type { Action } from './contract/action.ts';
import type { LegTag, SmaEvent } from './contract/event.ts';
import type { LegMedia } from './contract/leg-media.ts';

export type TraceEntry = { atMs: number } & (
  | ({ transactionId: string; sipMediaApplicationId: string } & CallTrace)
  | ApiTrace
);

/** What `onTrace` gets. It must not throw, and must not change what it gets. */
export type OnTrace = (entry: TraceEntry) => void;

export type CallTrace =
  /** An event goes to the handler; `attempt` counts from 1. */
  | { kind: 'invocation-started'; event: SmaEvent; attempt: number }
  /** That attempt came back: with an answer, or with the error that the handler or the invocation ended in. */
  | {
      kind: 'invocation-ended';
      event: SmaEvent;
      attempt: number;
      durationMs: number;
      answer?: unknown;
      error?: TracedError;
      /** False when an answer came too late, or for an event whose answer the service ignores. */
      honoured: boolean;
    }
  | { kind: 'action-started'; action: Action; callId: string; tag: LegTag }
  | {
      kind: 'action-ended';
      action: Action;
      outcome: ActionOutcomeName;
      errorType?: string;
      errorMessage?: string;
    }
  | {
      kind: 'leg';
      what: LegMoment;
      callId: string;
      tag: LegTag;
      from: string;
      to: string;
      sipCode?: number;
      by?: LegEndedBy;
      /** Of a leg with sound that was hung up. */
      media?: LegMedia;
    }
  | { kind: 'played'; callId: string; tag: LegTag; what: string; durationMs: number }
  | { kind: 'digits'; callId: string; tag: LegTag; digits: string; direction: 'received' | 'sent' }
  /** Something that works here and may not work, or is not wise, on the service. */
  | { kind: 'warning'; message: string }
  /** The message that the service writes to its own log when a call or an answer goes wrong. */
  | { kind: 'service-log'; message: string }
  | { kind: 'call-ended'; reason: string };

export type ActionOutcomeName = 'successful' | 'failed' | 'interrupted' | 'unreported';
export type LegMoment = 'offered' | 'dialled' | 'ringing' | 'answered' | 'refused' | 'hung-up';
/** Who ended a leg: its far end, the handler's Hangup, or the service (limits, errors, time). */
export type LegEndedBy = 'far-end' | 'handler' | 'service';

export interface ApiTrace {
  kind: 'api';
  operation: 'CreateSipMediaApplicationCall' | 'UpdateSipMediaApplicationCall';
  sipMediaApplicationId: string;
  request: unknown;
  /** The call's id, when the request was accepted or named one. */
  transactionId?: string;
  /** Name of the exception, when it was refused. */
  error?: { name: string; message: string };
}

export interface TracedError {
  name: string;
  message: string;
  stack?: string;
}
