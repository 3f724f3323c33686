/**
 * One turn of the engine: a draft of the session, and what the turn has to say besides it. Verbs work on the call
 * through it. It never touches the session that it was made from.
 */
import {
  type Call,
  type CallStatus,
  type Direction,
  isOver,
  type Outcome,
  type StatusCallback,
} from './call.ts';
import type { DialFacts, DocumentRequest, Notification } from './document.ts';
import { CALLBACK_WORDS, type CallEvent, callFacts, EVENT_VERSION, type EventType } from './event.ts';
import { MAX_NOTIFICATION_CHARACTERS, MAX_NOTIFICATIONS } from './limits.ts';
import type { Alarms, Session } from './session.ts';
import { childSid } from './sid.ts';

/** What each status is announced as. */
const EVENTS_OF_STATUS: Readonly<Record<CallStatus, readonly EventType[]>> = {
  queued: ['Call Queued'],
  initiated: ['Call Initiated'],
  ringing: ['Call Ringing'],
  'in-progress': ['Call Answered', 'Call In Progress'],
  completed: ['Call Completed'],
  busy: ['Call Completed'],
  'no-answer': ['Call Completed'],
  failed: ['Call Completed'],
  canceled: ['Call Completed'],
};

/** Events that nobody but a subscriber wants: they say again what another one said. */
const FOR_SUBSCRIBERS_ONLY: ReadonlySet<EventType> = new Set(['Call In Progress']);

const RANK: Readonly<Record<CallStatus, number>> = {
  queued: 0,
  initiated: 1,
  ringing: 2,
  'in-progress': 3,
  completed: 4,
  busy: 4,
  'no-answer': 4,
  failed: 4,
  canceled: 4,
};

export class Turn {
  readonly session: Session;
  readonly nowMs: number;
  readonly events: CallEvent[] = [];
  /** Requests to be made in this turn; at most one of them is waited for. */
  readonly requests: DocumentRequest[] = [];
  /** The caller has hung up, whether or not the voice service has told so yet. */
  callerGone = false;

  constructor(session: Session, nowMs: number) {
    this.session = {
      ...session,
      calls: session.calls.map(call => ({ ...call })),
      flow: { ...session.flow },
      alarms: { ...session.alarms },
      notifications: [...session.notifications],
    };
    this.nowMs = nowMs;
    const [root] = this.session.calls;
    this.callerGone = root !== undefined && isOver(root);
  }

  get root(): Call {
    return this.call(0);
  }

  /** The call that LEG-B is, or was last. */
  get dialled(): Call | undefined {
    return this.session.calls.length > 1 ? this.session.calls.at(-1) : undefined;
  }

  /** The root call's end has been decided; its leg may still be up. */
  get beingEnded(): boolean {
    return this.session.ending !== undefined;
  }

  call(index: number): Call {
    const call = this.session.calls[index];
    if (call === undefined) throw new RangeError(`Session ${this.session.sid} has no call ${index}.`);
    return call;
  }

  addCall(input: {
    sid: string;
    direction: Direction;
    to: string;
    from: string;
    callback?: StatusCallback;
    parentSid?: string;
  }): Call {
    const call: Call = {
      ...input,
      status: 'queued',
      createdAtMs: this.nowMs,
      updatedAtMs: this.nowMs,
      nextEvent: 0,
      nextCallback: 0,
    };
    this.session.calls.push(call);
    return call;
  }

  /** A call that the root call dials; it has begun when this returns. */
  dial(input: { to: string; from: string; callback?: StatusCallback }): Call {
    const call = this.addCall({
      ...input,
      sid: childSid(this.session.sid, this.session.calls.length),
      parentSid: this.session.sid,
      direction: 'outbound-dial',
    });
    this.progress(call, 'initiated');
    return call;
  }

  /** Moves a call on and announces it. A call never goes back, and ends once. */
  progress(call: Call, status: CallStatus): void {
    if (isOver(call) || (call.nextEvent > 0 && RANK[status] <= RANK[call.status])) return;
    call.status = status;
    call.updatedAtMs = this.nowMs;
    if (status === 'initiated' || (status === 'ringing' && call.direction === 'inbound'))
      call.startedAtMs = this.nowMs;
    if (status === 'in-progress') call.answeredAtMs = this.nowMs;
    if (isOver(call)) (call as Call).endedAtMs = this.nowMs;
    for (const type of EVENTS_OF_STATUS[status]) this.#announce(type, call);
  }

  answered(call: Call): void {
    this.progress(call, 'in-progress');
  }

  ended(call: Call, outcome: Outcome, sipCode?: number): void {
    if (isOver(call)) return;
    if (sipCode !== undefined) call.sipCode = sipCode;
    this.progress(call, outcome);
  }

  dialCompleted(facts: DialFacts): void {
    const { kind: _, ...dial } = facts;
    this.#announce('Dial Completed', this.root, dial);
  }

  alarm(name: keyof Alarms, atMs: number | undefined): void {
    if (atMs === undefined) delete this.session.alarms[name];
    else this.session.alarms[name] = atMs;
  }

  notify(code: number, level: 'error' | 'warning', message: string, url?: string): void {
    this.keepNotifications([
      { code, level, message, occurredAtMs: this.nowMs, ...(url !== undefined && { url }) },
    ]);
  }

  /** The newest of them, and no more than a sentence of each: a document can have thousands of faults. */
  keepNotifications(notifications: readonly Notification[]): void {
    this.session.notifications = [...this.session.notifications, ...notifications]
      .slice(-MAX_NOTIFICATIONS)
      .map(each => ({ ...each, message: each.message.slice(0, MAX_NOTIFICATION_CHARACTERS) }));
  }

  request(input: Omit<DocumentRequest, 'id' | 'call'>): DocumentRequest {
    const request: DocumentRequest = {
      id: String(this.session.nextRequest++),
      call: { ...this.root },
      ...input,
    };
    this.requests.push(request);
    return request;
  }

  #announce(type: EventType, call: Call, dial?: CallEvent['detail']['dial']): void {
    const word = CALLBACK_WORDS[type];
    const subscribed = word !== undefined && call.callback?.events.includes(word) === true;
    if (FOR_SUBSCRIBERS_ONLY.has(type) && !subscribed) return;
    const sequenceNumber = call.nextEvent++;
    this.events.push({
      type,
      detail: {
        metadata: {
          id: `${call.sid}-${sequenceNumber}`,
          version: EVENT_VERSION,
          occurredAt: new Date(this.nowMs).toISOString(),
          sequenceNumber,
        },
        call: callFacts(call, this.session.accountSid, this.session.dialect),
        ...(dial && { dial }),
        ...(subscribed && { callback: { subscribed, event: word, sequenceNumber: call.nextCallback++ } }),
      },
    });
  }
}
