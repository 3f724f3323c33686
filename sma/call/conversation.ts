/** What a call says to its handler, and what it makes of the answers. */
import { definitionOf } from '../action/index.ts';
import type { Action } from '../contract/action.ts';
import type { EventType } from '../contract/event.ts';
import { shuffled } from '../random.ts';
import type { SipMediaApplication } from '../runtime.ts';
import type { CallTrace } from '../trace.ts';
import { envelope } from './envelope.ts';
import { EventQueue, type QueuedEvent } from './event-queue.ts';
import { EVENT_RULES } from './event-rules.ts';
import { type Leg, participantOf } from './leg.ts';
import { ACTIONS_LIST_EMPTY, type InvalidResponse, readResponse } from './response.ts';
import type { CallSurroundings } from './surroundings.ts';

export interface ConversationHost {
  readonly transactionId: string;
  readonly application: SipMediaApplication;
  readonly sipRuleId: string | undefined;
  /** Those that an event shows. */
  legs(): readonly Leg[];
  isUp(): boolean;
  trace(entry: CallTrace): void;
  /** Actions that are to run, or none; `saidNone` when that was an empty list, not null or nothing. */
  onAnswer(queued: QueuedEvent, actions: readonly Action[], saidNone: boolean): void;
  /** The HANGUP of the last leg has been dealt with. */
  onLastEvent(): void;
  /** The handler cannot be used any more. */
  onFailure(reason: string): void;
}

export class Conversation {
  readonly #around: CallSurroundings;
  readonly #host: ConversationHost;
  readonly #events: EventQueue;
  #attributes: Record<string, string> | undefined;

  constructor(around: CallSurroundings, host: ConversationHost) {
    this.#around = around;
    this.#host = host;
    this.#events = this.#queue();
  }

  /** Sends an event, after those that wait. */
  push(type: EventType, about: Leg, more: Partial<QueuedEvent> = {}): void {
    this.#events.push({ ...this.#queued(type, about), ...more });
  }

  /** Says nothing more, and listens no more. */
  clear(): void {
    this.#events.clear();
  }

  #queued(type: EventType, about: Leg): QueuedEvent {
    const { status } = EVENT_RULES[type];
    const participants = this.#host.legs().map(leg => participantOf(leg, status));
    return { type, about, participants: shuffled(participants, this.#around.random) };
  }

  #queue(): EventQueue {
    const host = this.#host;
    const { clock, options, account } = this.#around;
    return new EventQueue({
      clock,
      retryMode: options.retryMode,
      invoke: async event => throughJson(await host.application.invoke(structuredClone(event))),
      build: ({ type, actionData, invalid, participants }, sequence) =>
        envelope({
          sequence,
          type,
          actionData,
          invalid,
          participants,
          account,
          transactionId: host.transactionId,
          attributes: this.#attributes,
          sipRuleId: host.sipRuleId,
          sipMediaApplicationId: host.application.sipMediaApplicationId,
        }),
      onAttempt: (event, attempt) => host.trace({ kind: 'invocation-started', event, attempt }),
      onAttemptEnd: (event, { inTime, ...report }) =>
        host.trace({
          kind: 'invocation-ended',
          event,
          ...report,
          honoured: inTime && EVENT_RULES[event.InvocationEventType].actions === 'run',
        }),
      onAnswer: (queued, answer) => this.#answered(queued, answer),
      onFailure: (queued, reason) => {
        this.#log(reason);
        if (queued.isLast) host.onLastEvent();
        else host.onFailure(reason);
      },
    });
  }

  #answered(queued: QueuedEvent, answer: unknown): void {
    const host = this.#host;
    const { options } = this.#around;
    if (queued.isLast) {
      host.onLastEvent();
      return;
    }
    const read = readResponse(answer, options, type => definitionOf(type, options) !== undefined);
    if ('invalid' in read) {
      this.#refuse(queued, read.invalid);
      return;
    }
    for (const message of read.warnings) host.trace({ kind: 'warning', message });
    if (read.attributes !== undefined) this.#attributes = read.attributes;
    const isHonoured = EVENT_RULES[queued.type].actions === 'run' && host.isUp();
    const actions = isHonoured ? (read.actions ?? []) : [];
    if (queued.type === 'NEW_INBOUND_CALL' && actions.length === 0) this.#log(ACTIONS_LIST_EMPTY);
    host.onAnswer(queued, actions, read.actions?.length === 0);
  }

  /** INVALID_LAMBDA_RESPONSE takes the place of the event whose answer was bad; a second bad answer ends the call. */
  #refuse(queued: QueuedEvent, invalid: InvalidResponse): void {
    this.#log(invalid.errorMessage);
    if (!this.#host.isUp()) return;
    if (queued.type === 'INVALID_LAMBDA_RESPONSE') {
      this.#host.onFailure(invalid.errorMessage);
      return;
    }
    this.#events.pushFirst({
      ...this.#queued('INVALID_LAMBDA_RESPONSE', queued.about),
      invalid,
      isResult: queued.isResult === true,
      answered: queued.answered,
    });
  }

  #log(message: string): void {
    this.#host.trace({ kind: 'service-log', message });
  }
}

/** What a Lambda function answers is JSON: dates become strings, undefined fields go. */
const throughJson = (answer: unknown): unknown =>
  answer === undefined ? undefined : JSON.parse(JSON.stringify(answer) ?? 'null');
