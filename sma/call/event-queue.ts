/** The events of one call, delivered one after the other: the next waits until this one has been answered. */
import type { Clock } from '../clock.ts';
import type { ActionData, EventType, Participant, SmaEvent } from '../contract/event.ts';
import { MAX_INVOCATIONS_PER_CALL } from '../contract/limits.ts';
import type { RetryMode } from '../options.ts';
import { type AttemptReport, invokeWithRetries } from './invocation.ts';
import type { Leg } from './leg.ts';
import type { InvalidResponse } from './response.ts';

export interface QueuedEvent {
  readonly type: EventType;
  /** The leg that it is about: actions in the answer are for it unless they say otherwise. */
  readonly about: Leg;
  /** As they were when it happened, not when it is delivered. */
  readonly participants: Participant[];
  readonly actionData?: ActionData | undefined;
  readonly invalid?: InvalidResponse | undefined;
  /** The result of an action: the list waits for its answer. */
  readonly isResult?: boolean;
  /** The HANGUP of the last leg. */
  readonly isLast?: boolean;
  /** Told when the answer is there, and whether it brought actions. */
  readonly answered?: ((withActions: boolean) => void) | undefined;
}

export interface EventQueueSettings {
  clock: Clock;
  retryMode: RetryMode;
  /** Makes the event of what was queued; attributes are those of this moment. */
  build(queued: QueuedEvent, sequence: number): SmaEvent;
  invoke(event: SmaEvent): Promise<unknown>;
  onAttempt(event: SmaEvent, attempt: number): void;
  onAttemptEnd(event: SmaEvent, report: AttemptReport): void;
  onAnswer(queued: QueuedEvent, answer: unknown): void;
  /** No answer could be had, or no invocation is left. */
  onFailure(queued: QueuedEvent, serviceLog: string): void;
}

export class EventQueue {
  readonly #settings: EventQueueSettings;
  #waiting: QueuedEvent[] = [];
  #sequence = 0;
  #current: { cancel(): void } | undefined;

  constructor(settings: EventQueueSettings) {
    this.#settings = settings;
  }

  push(event: QueuedEvent): void {
    this.#waiting.push(event);
    if (this.#current === undefined) this.#deliver();
  }

  /** Delivers this one before those that wait. */
  pushFirst(event: QueuedEvent): void {
    this.#waiting.unshift(event);
    if (this.#current === undefined) this.#deliver();
  }

  /** Forgets what waits, and the answer of what is on its way. */
  clear(): void {
    this.#waiting = [];
    this.#current?.cancel();
    this.#current = undefined;
  }

  #deliver(): void {
    const queued = this.#waiting.shift();
    if (queued === undefined) return;
    const settings = this.#settings;
    if (this.#sequence >= MAX_INVOCATIONS_PER_CALL) {
      settings.onFailure(queued, `The call has used its ${MAX_INVOCATIONS_PER_CALL} invocations.`);
      return;
    }
    const event = settings.build(queued, ++this.#sequence);
    const current = { cancel() {} };
    this.#current = current;
    const invocation = invokeWithRetries({
      clock: settings.clock,
      retryMode: settings.retryMode,
      attempt: attempt => {
        settings.onAttempt(event, attempt);
        return settings.invoke(event);
      },
      onAttemptEnd: report => settings.onAttemptEnd(event, report),
      onResult: result => {
        // While the answer is dealt with, what it causes must queue up behind it.
        if (result.answered) settings.onAnswer(queued, result.answer);
        else settings.onFailure(queued, result.serviceLog);
        if (this.#current !== current) return;
        this.#current = undefined;
        this.#deliver();
      },
    });
    current.cancel = () => invocation.cancel();
  }
}
