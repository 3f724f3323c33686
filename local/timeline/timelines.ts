import { callSidOfTransaction, rootSid } from '../../core/sid.ts';
import type { SmaEvent, SmaResponse } from '../../core/wire.ts';
import { tokenOf } from '../../lambdas/edge-link.ts';
import type { TraceEntry } from '../../sma/trace.ts';
import type { BusEvent } from '../aws/event-bridge/event-bridge.ts';
import type { HandlerEntry, TimelineEntry } from './timeline-entry.ts';

/** How many calls are remembered; the oldest are forgotten first. */
const MAX_CALLS = 1_000;

/** What is known of a call without reading its timeline. */
export interface CallSummary {
  callSid: string;
  transactionId?: string;
  from?: string;
  to?: string;
  direction?: string;
  status?: string;
  /** Of its first entry. */
  startedAtMs: number;
}

export type OnTimelineEntry = (callSid: string, entry: TimelineEntry) => void;

interface Recorded {
  summary: CallSummary;
  entries: TimelineEntry[];
}

/**
 * Collects what happens to each call: from the runtime's trace, by transaction, and from the bus, by call SID. A call and
 * the calls that it dials have one timeline, that of their root.
 */
export class Timelines {
  readonly #calls = new Map<string, Recorded>();
  readonly #sidOfTransaction = new Map<string, string>();
  /** What happened in a transaction before it was known whose it is. */
  readonly #unclaimed = new Map<string, TimelineEntry[]>();
  readonly #listeners = new Set<OnTimelineEntry>();

  /** In the order in which they began. */
  get calls(): CallSummary[] {
    return [...this.#calls.values()].map(({ summary }) => summary);
  }

  /** What is remembered of a call (or of the call that dialled it), in order; undefined when nothing is. */
  get(callSid: string): { summary: CallSummary; entries: readonly TimelineEntry[] } | undefined {
    return this.#calls.get(rootSid(callSid));
  }

  /** Tells of every entry as it is made, under its root call's SID. Returns how to stop that. */
  subscribe(listener: OnTimelineEntry): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  noteTrace(trace: TraceEntry): void {
    if (trace.kind === 'api') {
      const callSid = callSidIn((trace.request as { ArgumentsMap?: unknown }).ArgumentsMap);
      if (trace.transactionId === undefined) {
        if (callSid !== undefined) this.#add(callSid, { ...trace, kind: 'voice-api' });
        return;
      }
      this.#claim(trace.transactionId, callSid);
      this.#addToTransaction(trace.transactionId, { ...trace, kind: 'voice-api' });
      return;
    }
    const { transactionId, sipMediaApplicationId: _, ...entry } = trace;
    if (entry.kind === 'invocation-started') {
      const { event, attempt, atMs } = entry;
      this.#claim(transactionId, sidOfEvent(event));
      this.#addToTransaction(transactionId, { kind: 'handler', event, attempt, atMs });
    } else if (entry.kind === 'invocation-ended') {
      const { kind: __, atMs: ___, event, attempt, ...outcome } = entry;
      const started = this.#handlerEntry(transactionId, event, attempt);
      if (started !== undefined) Object.assign(started, outcome);
      this.#claim(transactionId, callSidIn((entry.answer as SmaResponse | undefined)?.TransactionAttributes));
    } else {
      this.#addToTransaction(transactionId, entry);
    }
  }

  noteBusEvent(event: BusEvent, atMs: number): void {
    const call = event.detail['call'] as Partial<CallFacts> | undefined;
    if (typeof call?.sid !== 'string') return;
    // An event that is told again is the same event: it happened once.
    const id = idOf(event.detail);
    const entries = this.#calls.get(rootSid(call.sid))?.entries ?? [];
    const isTold = (entry: TimelineEntry) => entry.kind === 'bus' && idOf(entry.detail) === id;
    if (id !== undefined && entries.some(isTold)) return;
    this.#add(call.sid, { kind: 'bus', atMs, type: event['detail-type'], detail: event.detail });
    const summary = this.#calls.get(call.sid)?.summary;
    if (summary === undefined) return;
    const { from, to, direction, status } = call;
    Object.assign(summary, from && { from }, to && { to }, direction && { direction }, status && { status });
  }

  #claim(transactionId: string, callSid: string | undefined): void {
    if (callSid === undefined || this.#sidOfTransaction.has(transactionId)) return;
    this.#sidOfTransaction.set(transactionId, callSid);
    for (const entry of this.#unclaimed.get(transactionId) ?? []) this.#add(callSid, entry);
    this.#unclaimed.delete(transactionId);
    const recorded = this.#calls.get(rootSid(callSid));
    if (recorded !== undefined) recorded.summary.transactionId = transactionId;
  }

  #addToTransaction(transactionId: string, entry: TimelineEntry): void {
    const callSid = this.#sidOfTransaction.get(transactionId);
    if (callSid === undefined) {
      this.#unclaimed.set(transactionId, [...(this.#unclaimed.get(transactionId) ?? []), entry]);
      return;
    }
    this.#add(callSid, entry);
    const recorded = this.#calls.get(rootSid(callSid));
    if (recorded !== undefined) recorded.summary.transactionId = transactionId;
  }

  #add(callSid: string, entry: TimelineEntry): void {
    const root = rootSid(callSid);
    let recorded = this.#calls.get(root);
    if (recorded === undefined) {
      recorded = { summary: { callSid: root, startedAtMs: entry.atMs }, entries: [] };
      this.#calls.set(root, recorded);
      this.#forgetOldest();
    }
    recorded.entries.push(entry);
    for (const listener of this.#listeners) listener(root, entry);
  }

  #handlerEntry(transactionId: string, event: SmaEvent, attempt: number): HandlerEntry | undefined {
    const callSid = this.#sidOfTransaction.get(transactionId);
    const entries = callSid === undefined ? this.#unclaimed.get(transactionId) : this.get(callSid)?.entries;
    return entries?.findLast(
      (entry): entry is TimelineEntry & HandlerEntry =>
        entry.kind === 'handler' && entry.event.Sequence === event.Sequence && entry.attempt === attempt,
    );
  }

  #forgetOldest(): void {
    if (this.#calls.size <= MAX_CALLS) return;
    for (const [callSid, { summary }] of this.#calls) {
      this.#calls.delete(callSid);
      if (summary.transactionId !== undefined) this.#sidOfTransaction.delete(summary.transactionId);
      return;
    }
  }
}

interface CallFacts {
  sid: string;
  from: string;
  to: string;
  direction: string;
  status: string;
}

/** Whose call an event is about: as the handler finds it out. */
function sidOfEvent({ InvocationEventType: type, ActionData, CallDetails }: SmaEvent): string | undefined {
  const named = callSidIn(CallDetails.TransactionAttributes);
  if (named !== undefined) return named;
  if (type === 'NEW_INBOUND_CALL')
    // A call that the SIP edge brings has a name already: the answer tells it.
    return tokenOf(CallDetails) ? undefined : callSidOfTransaction(CallDetails.TransactionId);
  return callSidIn((ActionData?.Parameters as { Arguments?: unknown } | undefined)?.Arguments);
}

function callSidIn(map: unknown): string | undefined {
  const callSid = (map as { callSid?: unknown } | null | undefined)?.callSid;
  return typeof callSid === 'string' ? callSid : undefined;
}

const idOf = (detail: BusEvent['detail']): unknown =>
  (detail['metadata'] as { id?: unknown } | undefined)?.id;
