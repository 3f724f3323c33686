/** What the platform's timeline says, as lines of a ladder. */

import type { SipRequest } from '../../sip/message/message.ts';
import type { Action } from '../../sma/contract/action.ts';
import type { HandlerEntry, TimelineEntry } from '../timeline/timeline-entry.ts';
import type { ReceivedCallback } from './customer-server.ts';
import { arrow, note } from './ladder.ts';

export type Print = (line: string) => void;

/** Narrates one call: entries as they come in, answers as soon as they are there. */
export class Narration {
  readonly #print: Print;
  readonly #startedMs: number;
  #unanswered: (HandlerEntry & { atMs: number })[] = [];

  constructor(print: Print, startedMs: number) {
    this.#print = print;
    this.#startedMs = startedMs;
  }

  asked(request: string, atMs: number): void {
    this.#print(arrow(this.#seconds(atMs), 'your server', 'Dialplane', request));
  }

  answered(answer: string, atMs: number): void {
    this.#print(arrow(this.#seconds(atMs), 'Dialplane', 'your server', answer));
  }

  callback({ atMs, leg, event, state, sequenceNumber, genuine }: ReceivedCallback): void {
    const what = event === 'completed' && state !== event ? `${event}: ${state}` : event;
    const label = `${genuine ? '✓' : '✗ forged:'} ${leg} #${sequenceNumber} ${what}`;
    this.#print(arrow(this.#seconds(atMs), 'Dialplane', 'your server', label, genuine ? 'good' : 'bad'));
  }

  /** A request that has reached a SIP phone. */
  sip(phone: string, request: SipRequest): void {
    const { method, cseq } = request;
    const detail =
      method === 'INVITE'
        ? ` from ${request.from?.uri ?? ''}`
        : method === 'UPDATE'
          ? ` CSeq ${cseq?.number}`
          : '';
    this.#print(
      arrow(this.#seconds(Date.now()), 'Dialplane', 'phones', `SIP ${method} to ${phone}${detail}`),
    );
  }

  entry(entry: TimelineEntry): void {
    this.#printAnswers();
    const seconds = this.#seconds(entry.atMs);
    if (entry.kind === 'voice-api') {
      const operation = entry.operation.replace('SipMediaApplication', 'Sma');
      this.#print(arrow(seconds, 'Dialplane', 'voice service', operation));
    } else if (entry.kind === 'handler') {
      this.#unanswered.push(entry);
      const { Sequence, InvocationEventType } = entry.event;
      this.#print(arrow(seconds, 'voice service', 'Dialplane', `${Sequence} ${InvocationEventType}`));
    } else if (entry.kind === 'bus') {
      this.#print(note(seconds, 'Dialplane', `• ${entry.type}`));
    } else if (entry.kind === 'leg') {
      this.#leg(entry, seconds);
    }
  }

  /** Answers that came after the last entry. */
  end(): void {
    this.#printAnswers();
  }

  #printAnswers(): void {
    const settled = this.#unanswered.filter(({ durationMs }) => durationMs !== undefined);
    this.#unanswered = this.#unanswered.filter(({ durationMs }) => durationMs === undefined);
    for (const { atMs, durationMs = 0, answer, error } of settled) {
      const seconds = this.#seconds(atMs + durationMs);
      if (error) this.#print(arrow(seconds, 'Dialplane', 'voice service', error.message, 'bad'));
      const { Actions } = (answer ?? {}) as { Actions?: Action[] };
      for (const action of Actions ?? []) {
        this.#print(arrow(seconds, 'Dialplane', 'voice service', describe(action)));
      }
    }
  }

  #leg({ tag, what, to, sipCode, by }: Extract<TimelineEntry, { kind: 'leg' }>, seconds: number): void {
    const phone = tag === 'LEG-A' ? 'A' : 'B';
    const byService = what === 'dialled' || (by !== undefined && by !== 'far-end');
    const word = byService && what === 'refused' ? 'cancelled' : what;
    const detail = what === 'dialled' ? ` ${to}` : sipCode ? ` ${sipCode}` : '';
    const label = `${phone} ${word}${detail}`;
    const tone = what === 'refused' ? 'bad' : 'plain';
    const [from, towards] = byService
      ? (['voice service', 'phones'] as const)
      : (['phones', 'voice service'] as const);
    this.#print(arrow(seconds, from, towards, label, tone));
  }

  #seconds(atMs: number): number {
    return Math.max(0, atMs - this.#startedMs) / 1000;
  }
}

function describe(action: Action): string {
  switch (action.Type) {
    case 'CallAndBridge':
      return `CallAndBridge ${action.Parameters.Endpoints[0]?.Uri}`;
    case 'Hangup':
      return `Hangup ${action.Parameters.ParticipantTag ?? ''}`.trim();
    default:
      return action.Type;
  }
}
