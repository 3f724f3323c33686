/** One call: its legs, the list of actions that it runs, and what it says to its handler. */
import type { ActionError, CallControl, LegBEvents, LegBRequest } from '../action/action-definition.ts';
import type { Clock, Timer } from '../clock.ts';
import type { S3Audio } from '../contract/action.ts';
import type { ActionData, EventType } from '../contract/event.ts';
import { loadAudio } from '../media/audio.ts';
import type { Playback } from '../media/media.ts';
import type { AudioPrompt, Prompt } from '../media/prompt.ts';
import {
  type IncomingCall,
  type Line,
  type LineEvents,
  NO_LINE,
  type OutgoingCall,
} from '../network/phone-network.ts';
import type { SmaOptions } from '../options.ts';
import { randomUuid } from '../random.ts';
import type { SipMediaApplication } from '../runtime.ts';
import { shownHeaders } from '../sip-headers.ts';
import type { CallTrace, LegEndedBy, LegMoment } from '../trace.ts';
import { ActionList, type ReportedAction } from './action-list.ts';
import { Conversation } from './conversation.ts';
import { DigitListener, type DigitListening } from './digit-listener.ts';
import type { QueuedEvent } from './event-queue.ts';
import { EVENT_RULES } from './event-rules.ts';
import { isStillDialled, isUnanswered, isUp, type Leg } from './leg.ts';
import { dialSecondLeg } from './second-leg.ts';
import { NORMAL_END, UNAVAILABLE } from './sip-code.ts';
import type { CallSurroundings } from './surroundings.ts';

const KEYS = /[0-9*#A-D]/g;
/** How long a key is heard that crosses a bridge between lines without a common sound. */
const PASSED_TONE_MS = 100;

export class Transaction implements CallControl {
  readonly transactionId: string;
  readonly application: SipMediaApplication;
  readonly clock: Clock;
  readonly options: SmaOptions;
  readonly legA: Leg;
  readonly #around: CallSurroundings;
  readonly #conversation: Conversation;
  readonly #list: ActionList;
  readonly #listeners = new Map<Leg, DigitListener>();
  #legB: Leg | undefined;
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
    this.#conversation = new Conversation(around, {
      transactionId: this.transactionId,
      application,
      sipRuleId,
      legs: () => this.legs,
      isUp: () => this.isUp,
      trace: entry => this.#trace(entry),
      onAnswer: (queued, actions, saidNone) => {
        const interrupts = EVENT_RULES[queued.type].interrupts === true;
        if (actions.length > 0) this.#list.replace(actions, queued.about, interrupts);
        else if (queued.isResult) this.#list.resume(this.options.emptyClearsList && saidNone);
        queued.answered?.(actions.length > 0);
      },
      onLastEvent: () => this.#over('hung up'),
      onFailure: reason => this.#endAll(this.options.hangupEventOnTimeout, reason),
    });
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

  sendDigits(leg: Leg, digits: string, toneMs: number): void {
    const tones = digits.replaceAll(',', '');
    this.#trace({ kind: 'digits', callId: leg.callId, tag: leg.tag, digits: tones, direction: 'sent' });
    leg.line.sendDigits(digits, toneMs);
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

  dialLegB(request: LegBRequest, events: LegBEvents): { cancel(): void } {
    return dialSecondLeg(
      this.#around,
      {
        answered: leg => {
          this.#legB = leg;
          this.#traceLeg('answered', leg);
          if (isUnanswered(this.legA)) this.answer(this.legA);
          const [one, other] = [this.legA.line.audio, leg.line.audio];
          if (one !== undefined && other !== undefined) one.join(other);
        },
        digits: (leg, digits) => this.#digits(leg, digits),
        ended: (leg, sipCode) => this.#legEnded(leg, sipCode, 'far-end'),
        traceLeg: (what, leg, end) => this.#traceLeg(what, leg, end),
        log: message => this.#trace({ kind: 'service-log', message }),
      },
      request,
      events,
    );
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
      ended: sipCode => this.#legEnded(leg, leg.state === 'connected' ? NORMAL_END : sipCode, 'far-end'),
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
      // Where sound is passed on, its keys are too.
      const isHeard = leg.line.audio?.isJoined === true;
      if (other?.state === 'connected' && !isHeard) other.line.sendDigits(digit, PASSED_TONE_MS);
    }
  }

  #legEnded(leg: Leg, sipCode: number, by: LegEndedBy, answered?: (withActions: boolean) => void): void {
    if (!isUp(leg)) return;
    const what = leg.state === 'ringing' ? 'refused' : 'hung-up';
    this.#markEnded(leg);
    this.#traceLeg(what, leg, { sipCode, by });
    this.#list.legEnded(leg);
    const media = this.options.exposeLegMedia && what === 'hung-up' ? leg.line.audio?.measured : undefined;
    const isLast = !this.legs.some(isUp);
    if (isLast) this.#list.clear();
    this.#push('HANGUP', leg, {
      actionData: {
        Type: 'Hangup',
        Parameters: { SipResponseCode: sipCode, CallId: leg.callId, ParticipantTag: leg.tag },
        ...(media && { LegMedia: media }),
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
    leg.line.audio?.leave();
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

  /** Lets the 30 s run while an unanswered LEG-A has nothing to wait for. */
  #watchUnanswered(isIdle: boolean): void {
    if (!isUnanswered(this.legA)) return;
    if (!isIdle) this.#stopRingLimit();
    else this.#ringLimit ??= this.clock.after(this.options.unansweredLimitMs, () => this.#refuse(this.legA));
  }

  #stopRingLimit(): void {
    this.#ringLimit?.cancel();
    this.#ringLimit = undefined;
  }

  // What it says.

  #push(type: EventType, about: Leg, more?: Partial<QueuedEvent>): void {
    if (!this.#isOver) this.#conversation.push(type, about, more);
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

  /** The service gives the call up: 480 to whoever is not answered, BYE to the others. */
  #endAll(withEvents: boolean, reason: string): void {
    this.#conversation.clear();
    this.#list.clear();
    const up = this.legs.filter(isUp);
    for (const leg of up) {
      leg.line.hangUp(UNAVAILABLE);
      if (withEvents) this.#legEnded(leg, UNAVAILABLE, 'service');
      else {
        this.#markEnded(leg);
        this.#traceLeg('hung-up', leg, { sipCode: UNAVAILABLE, by: 'service' });
      }
    }
    if (!withEvents || up.length === 0) this.#over(reason);
  }

  #over(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#conversation.clear();
    this.#trace({ kind: 'call-ended', reason });
    this.#around.onOver(this);
  }

  #trace(entry: CallTrace): void {
    this.#around.trace(this.transactionId, entry);
  }

  #traceLeg(what: LegMoment, leg: Leg, end?: { sipCode: number; by: LegEndedBy }): void {
    const { callId, tag, from, to } = leg;
    const media = what === 'hung-up' ? leg.line.audio?.measured : undefined;
    this.#trace({ kind: 'leg', what, callId, tag, from, to, ...end, ...(media && { media }) });
    if (media !== undefined) this.#around.legMedia({ transactionId: this.transactionId, callId, tag, media });
  }
}
