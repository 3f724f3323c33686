/** One call: its legs, the events that are on their way to the handler, and the list of actions that it runs. */
import type { ActionError, CallControl, LegBEvents, LegBRequest } from '../action/action-definition.ts';
import { definitionOf } from '../action/index.ts';
import type { Clock, Timer } from '../clock.ts';
import type { S3Audio } from '../contract/action.ts';
import type { ActionData, EventType } from '../contract/event.ts';
import { loadAudio } from '../media/audio.ts';
import type { Media, Playback } from '../media/media.ts';
import type { AudioPrompt, Prompt } from '../media/prompt.ts';
import {
  type Destination,
  type IncomingCall,
  type Line,
  type LineEvents,
  NO_LINE,
  type OutgoingCall,
} from '../network/phone-network.ts';
import type { SmaOptions } from '../options.ts';
import type { LegCount } from '../quotas.ts';
import { type Random, randomUuid, shuffled } from '../random.ts';
import type { AudioSource, SipMediaApplication } from '../runtime.ts';
import { shownHeaders } from '../sip-headers.ts';
import type { CallTrace, LegEndedBy, LegMoment } from '../trace.ts';
import { ActionList, type ReportedAction } from './action-list.ts';
import { DigitListener, type DigitListening } from './digit-listener.ts';
import { envelope } from './envelope.ts';
import { EventQueue, type QueuedEvent } from './event-queue.ts';
import { EVENT_RULES } from './event-rules.ts';
import { isStillDialled, isUnanswered, isUp, type Leg, participantOf } from './leg.ts';
import { ACTIONS_LIST_EMPTY, type InvalidResponse, readResponse } from './response.ts';

/** What a call gets from the runtime around it. */
export interface CallSurroundings {
  clock: Clock;
  random: Random;
  options: SmaOptions;
  media: Media;
  audio: AudioSource;
  legCount: LegCount;
  account: { AwsAccountId: string; AwsRegion: string };
  dial(call: OutgoingCall, events: LineEvents): Line;
  ownsNumber(number: string): boolean;
  trace(transactionId: string, entry: CallTrace): void;
  /** Before anything is told of the call. */
  onBegin(transaction: Transaction): void;
  /** The call's last event has been dealt with, or there will be none. */
  onOver(transaction: Transaction): void;
}

const UNAVAILABLE = 480;
const REQUEST_TERMINATED = 487;
const NORMAL_END = 0;
const KEYS = /[0-9*#A-D]/g;

export class Transaction implements CallControl {
  readonly transactionId: string;
  readonly application: SipMediaApplication;
  readonly clock: Clock;
  readonly options: SmaOptions;
  readonly legA: Leg;
  readonly #around: CallSurroundings;
  readonly #sipRuleId: string | undefined;
  readonly #events: EventQueue;
  readonly #list: ActionList;
  readonly #listeners = new Map<Leg, DigitListener>();
  #legB: Leg | undefined;
  #attributes: Record<string, string> | undefined;
  /** Ends a LEG-A that nobody answers: one that came in and is left to ring, or one that was dialled. */
  #ringLimit: Timer | undefined;
  #isOver = false;

  private constructor(
    around: CallSurroundings,
    application: SipMediaApplication,
    legA: Pick<Leg, 'from' | 'to' | 'direction' | 'sipHeaders' | 'line'>,
    sipRuleId: string | undefined,
  ) {
    this.#around = around;
    this.application = application;
    this.clock = around.clock;
    this.options = around.options;
    this.#sipRuleId = sipRuleId;
    this.transactionId = randomUuid(around.random);
    this.legA = {
      ...legA,
      callId: randomUuid(around.random),
      tag: 'LEG-A',
      startMs: around.clock.now(),
      state: 'ringing',
    };
    this.#list = new ActionList(
      {
        call: this,
        legs: () => this.legs,
        report: (type, reported) => this.#report(type, reported),
        started: (action, leg) =>
          this.#trace({ kind: 'action-started', action, callId: leg.callId, tag: leg.tag }),
        ended: (action, outcome, error) => this.#trace({ kind: 'action-ended', action, outcome, ...error }),
        activity: isBusy => this.#watchUnanswered(!isBusy),
      },
      this.legA,
    );
    this.#events = this.#eventQueue();
    around.onBegin(this);
  }

  /** A call that came in through a SIP rule. */
  static inbound(
    around: CallSurroundings,
    application: SipMediaApplication,
    sipRuleId: string,
    { from, to, headers }: IncomingCall,
    line: Line,
  ): { transaction: Transaction; farEnd: LineEvents } {
    const transaction = new Transaction(
      around,
      application,
      { from, to, direction: 'Inbound', sipHeaders: shownHeaders(headers), line },
      sipRuleId,
    );
    const leg = transaction.legA;
    transaction.#traceLeg('offered', leg);
    transaction.#watchUnanswered(true);
    transaction.#push('NEW_INBOUND_CALL', leg);
    const farEnd: LineEvents = {
      ringing() {},
      answered() {},
      digits: digits => transaction.#digits(leg, digits),
      ended: () => transaction.#legEnded(leg, NORMAL_END, 'far-end'),
    };
    return { transaction, farEnd };
  }

  /** A call that the API asked for. */
  static outbound(
    around: CallSurroundings,
    application: SipMediaApplication,
    call: { from: string; to: string; headers: Record<string, string> },
    createArguments: Record<string, string> | undefined,
  ): Transaction {
    const { from, to, headers } = call;
    const transaction = new Transaction(
      around,
      application,
      { from, to, direction: 'Outbound', sipHeaders: undefined, line: NO_LINE },
      undefined,
    );
    const dial = (): void => transaction.#dialLegA({ from, to: { kind: 'number', number: to }, headers });
    const { dialBeforeHandlerAnswers } = transaction.options;
    transaction.#onceAnsweredByApi(() => {
      if (dialBeforeHandlerAnswers) dial();
      transaction.#push('NEW_OUTBOUND_CALL', transaction.legA, {
        ...(createArguments && {
          actionData: { Type: 'CallCreateRequest', Parameters: { Arguments: createArguments } },
        }),
        ...(!dialBeforeHandlerAnswers && { answered: dial }),
      });
    });
    return transaction;
  }

  /** LEG-A, and the newest LEG-B until its HANGUP has been sent. */
  get legs(): Leg[] {
    return this.#legB === undefined ? [this.legA] : [this.legA, this.#legB];
  }

  get legB(): Leg | undefined {
    return this.#legB;
  }

  get isUp(): boolean {
    return !this.#isOver && this.legs.some(isUp);
  }

  /** UpdateSipMediaApplicationCall was accepted. */
  update(updateArguments: Record<string, string>): void {
    this.#onceAnsweredByApi(() =>
      this.#push('CALL_UPDATE_REQUESTED', this.legs.find(isUp) ?? this.legA, {
        actionData: { Type: 'CallUpdateRequest', Parameters: { Arguments: updateArguments } },
      }),
    );
  }

  /** Ends the call without telling the handler. */
  close(): void {
    this.#endAll(false, 'The runtime was closed.');
  }

  // What actions may do.

  ownsNumber(number: string): boolean {
    return this.#around.ownsNumber(number);
  }

  warn(message: string): void {
    this.#trace({ kind: 'warning', message });
  }

  readAudio(source: S3Audio): Promise<AudioPrompt | ActionError> {
    return loadAudio(this.#around.audio, source, message => this.warn(message));
  }

  play(leg: Leg, prompt: Prompt, ended: () => void): Playback {
    const what = prompt.kind === 'speech' ? prompt.text : `s3://${prompt.bucket}/${prompt.key}`;
    this.#trace({ kind: 'played', callId: leg.callId, tag: leg.tag, what, durationMs: prompt.durationMs });
    return this.#around.media.play(leg.line, prompt, ended);
  }

  sendDigits(leg: Leg, digits: string): void {
    this.#trace({ kind: 'digits', callId: leg.callId, tag: leg.tag, digits, direction: 'sent' });
    leg.line.sendDigits(digits);
  }

  listen(leg: Leg, listening: DigitListening): void {
    this.#listeners.get(leg)?.stop();
    const listener = new DigitListener(this.clock, listening, ReceivedDigits => {
      if (this.options.receiveDigitsOneShot) this.#listeners.delete(leg);
      this.#push('DIGITS_RECEIVED', leg, {
        actionData: { ReceivedDigits, Type: 'ReceiveDigits', Parameters: listening.parameters },
      });
    });
    this.#listeners.set(leg, listener);
  }

  answer(leg: Leg): void {
    leg.state = 'connected';
    this.#stopRingLimit();
    leg.line.answer();
    this.#traceLeg('answered', leg);
  }

  hangUp(leg: Leg, sipCode: number, answered: (withActions: boolean) => void): void {
    const reported = isStillDialled(leg) ? this.options.cancelledDialSipCode : sipCode;
    leg.line.hangUp(isUnanswered(leg) ? sipCode || this.options.unansweredHangupSipCode : reported);
    this.#legEnded(leg, reported, 'handler', answered);
  }

  dialLegB({ from, to, headers }: LegBRequest, events: LegBEvents): { cancel(): void } {
    const callId = randomUuid(this.#around.random);
    const asLeg = (state: Leg['state']): Leg => ({
      callId,
      tag: 'LEG-B',
      from,
      to: shownDestination(to),
      direction: 'Outbound',
      startMs: this.clock.now(),
      sipHeaders: undefined,
      line,
      state,
    });
    let line: Line = NO_LINE;
    let leg: Leg | undefined;
    let isGivenUp = false;

    if (!this.#around.legCount.enter()) {
      this.#trace({ kind: 'service-log', message: 'LEG-B is over the quota of concurrent calls.' });
      const timer = this.clock.after(0, () => events.failed(this.options.inboundOverQuotaSipCode));
      return timer;
    }
    const giveUp = (sipCode: number, by: LegEndedBy): void => {
      isGivenUp = true;
      this.#around.legCount.leave();
      this.#traceLeg('refused', asLeg('ended'), { sipCode, by });
    };
    line = this.#around.dial(
      { from, to, headers },
      {
        ringing: () => {
          if (isGivenUp) return;
          this.#traceLeg('ringing', asLeg('ringing'));
          events.ringing();
        },
        answered: () => {
          if (isGivenUp) return;
          leg = asLeg('connected');
          this.#legB = leg;
          this.#traceLeg('answered', leg);
          if (isUnanswered(this.legA)) this.answer(this.legA);
          events.bridged();
        },
        digits: digits => {
          if (leg !== undefined) this.#digits(leg, digits);
        },
        ended: sipCode => {
          if (leg !== undefined) this.#legEnded(leg, NORMAL_END, 'far-end');
          else if (!isGivenUp) {
            giveUp(sipCode, 'far-end');
            events.failed(sipCode);
          }
        },
      },
    );
    this.#traceLeg('dialled', asLeg('ringing'));
    return {
      cancel: () => {
        if (leg !== undefined || isGivenUp) return;
        line.hangUp(REQUEST_TERMINATED);
        giveUp(REQUEST_TERMINATED, 'service');
      },
    };
  }

  // What the network does.

  #dialLegA(call: OutgoingCall): void {
    const leg = this.legA;
    if (!isUp(leg)) return;
    let isRinging = false;
    leg.line = this.#around.dial(call, {
      ringing: () => {
        if (!isUp(leg) || isRinging) return;
        isRinging = true;
        this.#traceLeg('ringing', leg);
        this.#push('RINGING', leg);
      },
      answered: () => {
        if (!isUp(leg)) return;
        leg.state = 'connected';
        this.#stopRingLimit();
        this.#traceLeg('answered', leg);
        this.#push('CALL_ANSWERED', leg);
      },
      digits: digits => this.#digits(leg, digits),
      ended: sipCode => this.#legEnded(leg, sipCode, 'far-end'),
    });
    this.#traceLeg('dialled', leg);
    this.#ringLimit = this.clock.after(this.options.carrierRingLimitMs, () => this.#refuse(leg));
  }

  #digits(leg: Leg, digits: string): void {
    if (leg.state !== 'connected') return;
    for (const digit of digits.match(KEYS) ?? []) {
      this.#trace({ kind: 'digits', callId: leg.callId, tag: leg.tag, digits: digit, direction: 'received' });
      if (!this.#list.digit(leg, digit)) this.#listeners.get(leg)?.digit(digit);
      const other = this.legs.find(candidate => candidate !== leg);
      if (other?.state === 'connected') other.line.sendDigits(digit);
    }
  }

  #legEnded(leg: Leg, sipCode: number, by: LegEndedBy, answered?: (withActions: boolean) => void): void {
    if (!isUp(leg)) return;
    const what = leg.state === 'ringing' ? 'refused' : 'hung-up';
    this.#markEnded(leg);
    this.#traceLeg(what, leg, { sipCode, by });
    this.#list.legEnded(leg);
    const isLast = !this.legs.some(isUp);
    if (isLast) this.#list.clear();
    this.#push('HANGUP', leg, {
      actionData: {
        Type: 'Hangup',
        Parameters: { SipResponseCode: sipCode, CallId: leg.callId, ParticipantTag: leg.tag },
      },
      isLast,
      answered,
    });
    if (leg === this.#legB) this.#legB = undefined;
  }

  #markEnded(leg: Leg): void {
    leg.state = 'ended';
    this.#around.legCount.leave();
    this.#listeners.get(leg)?.stop();
    this.#listeners.delete(leg);
    if (leg === this.legA) this.#stopRingLimit();
  }

  /** The API answers first; what it set off happens after that, if the call is still up then. */
  #onceAnsweredByApi(task: () => void): void {
    this.clock.after(0, () => {
      if (this.isUp) task();
    });
  }

  #refuse(leg: Leg): void {
    leg.line.hangUp(UNAVAILABLE);
    this.#legEnded(leg, UNAVAILABLE, 'service');
  }

  /** Lets the 30 s run while an unanswered LEG-A has nothing to wait for (decisions E7, E8). */
  #watchUnanswered(isIdle: boolean): void {
    if (!isUnanswered(this.legA)) return;
    if (!isIdle) this.#stopRingLimit();
    else this.#ringLimit ??= this.clock.after(this.options.unansweredLimitMs, () => this.#refuse(this.legA));
  }

  #stopRingLimit(): void {
    this.#ringLimit?.cancel();
    this.#ringLimit = undefined;
  }

  // Events and answers.

  #eventQueue(): EventQueue {
    const { clock, options, application } = this;
    return new EventQueue({
      clock,
      retryMode: options.retryMode,
      invoke: async event => throughJson(await application.invoke(structuredClone(event))),
      build: (queued, sequence) =>
        envelope({
          sequence,
          type: queued.type,
          actionData: queued.actionData,
          invalid: queued.invalid,
          transactionId: this.transactionId,
          attributes: this.#attributes,
          account: this.#around.account,
          sipRuleId: this.#sipRuleId,
          sipMediaApplicationId: application.sipMediaApplicationId,
          participants: queued.participants,
        }),
      onAttempt: (event, attempt) => this.#trace({ kind: 'invocation-started', event, attempt }),
      onAttemptEnd: (event, { inTime, ...report }) =>
        this.#trace({
          kind: 'invocation-ended',
          event,
          ...report,
          honoured: inTime && EVENT_RULES[event.InvocationEventType].actions === 'run',
        }),
      onAnswer: (queued, answer) => this.#answered(queued, answer),
      onFailure: (queued, serviceLog) => {
        this.#trace({ kind: 'service-log', message: serviceLog });
        if (queued.isLast) this.#over('hung up');
        else this.#endAll(options.hangupEventOnTimeout, serviceLog);
      },
    });
  }

  #push(type: EventType, about: Leg, more: Partial<QueuedEvent> = {}): void {
    if (this.#isOver) return;
    this.#events.push({ ...this.#queued(type, about), ...more });
  }

  #queued(type: EventType, about: Leg): QueuedEvent {
    const participants = this.legs.map(leg => participantOf(leg, EVENT_RULES[type].status));
    return { type, about, participants: shuffled(participants, this.#around.random) };
  }

  #report(type: EventType, { action, parameters, outcome, leg }: ReportedAction): void {
    const actionData: ActionData = {
      ...(outcome.result === 'successful' && outcome.data),
      Type: action.Type,
      Parameters: parameters,
      ...(outcome.result === 'failed' && {
        ErrorType: outcome.error.errorType,
        ErrorMessage: outcome.error.errorMessage,
      }),
    };
    this.#push(type, leg, { actionData, isResult: type !== 'ACTION_INTERRUPTED' });
  }

  #answered(queued: QueuedEvent, answer: unknown): void {
    if (queued.isLast) {
      this.#over('hung up');
      return;
    }
    const isSupported = (type: string): boolean => definitionOf(type, this.options) !== undefined;
    const read = readResponse(answer, this.options, isSupported);
    if ('invalid' in read) {
      this.#refuseAnswer(queued, read.invalid);
      return;
    }
    for (const warning of read.warnings) this.warn(warning);
    if (read.attributes !== undefined) this.#attributes = read.attributes;
    const rule = EVENT_RULES[queued.type];
    const actions = rule.actions === 'run' && this.isUp ? (read.actions ?? []) : [];
    if (queued.type === 'NEW_INBOUND_CALL' && actions.length === 0) {
      this.#trace({ kind: 'service-log', message: ACTIONS_LIST_EMPTY });
    }
    if (actions.length > 0) this.#list.replace(actions, queued.about, rule.interrupts === true);
    else if (queued.isResult) {
      this.#list.resume(this.options.emptyClearsList && read.actions !== undefined);
    }
    queued.answered?.(actions.length > 0);
  }

  /** INVALID_LAMBDA_RESPONSE takes the place of the event whose answer was bad; a second bad answer ends the call. */
  #refuseAnswer(queued: QueuedEvent, invalid: InvalidResponse): void {
    this.#trace({ kind: 'service-log', message: invalid.errorMessage });
    if (!this.isUp) return;
    if (queued.type === 'INVALID_LAMBDA_RESPONSE') {
      this.#endAll(this.options.hangupEventOnTimeout, invalid.errorMessage);
      return;
    }
    this.#events.pushFirst({
      ...this.#queued('INVALID_LAMBDA_RESPONSE', queued.about),
      invalid,
      isResult: queued.isResult === true,
      answered: queued.answered,
    });
  }

  /** The service gives the call up: 480 to whoever is not answered, BYE to the others. */
  #endAll(withEvents: boolean, reason: string): void {
    this.#events.clear();
    this.#list.clear();
    for (const leg of this.legs.filter(isUp)) {
      leg.line.hangUp(UNAVAILABLE);
      if (withEvents) this.#legEnded(leg, UNAVAILABLE, 'service');
      else {
        this.#markEnded(leg);
        this.#traceLeg('hung-up', leg, { sipCode: UNAVAILABLE, by: 'service' });
      }
    }
    if (!withEvents) this.#over(reason);
  }

  #over(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events.clear();
    this.#trace({ kind: 'call-ended', reason });
    this.#around.onOver(this);
  }

  #trace(entry: CallTrace): void {
    this.#around.trace(this.transactionId, entry);
  }

  #traceLeg(what: LegMoment, leg: Leg, end?: { sipCode: number; by: LegEndedBy }): void {
    const { callId, tag, from, to } = leg;
    this.#trace({ kind: 'leg', what, callId, tag, from, to, ...end });
  }
}

/** LEG-B's `To` in events: the number, or the user part at a Voice Connector (decision E15). */
const shownDestination = (to: Destination): string => (to.kind === 'number' ? to.number : to.user);

/** What a Lambda function answers is JSON: dates become strings, undefined fields go. */
const throughJson = (answer: unknown): unknown =>
  answer === undefined ? undefined : JSON.parse(JSON.stringify(answer) ?? 'null');
