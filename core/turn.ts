/**
 * One turn of the engine: a draft of the session, and what the turn has to say besides it. Verbs work on the call
 * through it. It never touches the session that it was made from.
 */
import {
  type Call,
  type CallStatus,
  type Direction,
  isOver,
  isSettled,
  type Outcome,
  type Parameters,
  type SipOrigin,
  type StatusCallback,
} from './call.ts';
import type { CallEnd } from './call-end.ts';
import type { DialPlan, DialReport, ScreeningVerdict } from './dial-plan.ts';
import type {
  DialFacts,
  DocumentFailure,
  DocumentRequest,
  Notification,
  RequestPurpose,
} from './document.ts';
import { dialledCount } from './earlier-calls.ts';
import type { CallEvent, DigitsFacts } from './event.ts';
import { MAX_NOTIFICATION_CHARACTERS, MAX_NOTIFICATIONS } from './limits.ts';
import type { MediaFigures } from './media-figures.ts';
import { announce, progress, type Telling } from './progress.ts';
import type { Refusal } from './refusal.ts';
import { type Alarms, adopted, type Entry, type Session } from './session.ts';
import { childSid } from './sid.ts';

/** The way to the SIP edge. */
export interface SipEdge {
  voiceConnectorArn: string;
  /** Leads to the edge that the accounts' clients are connected with; without it any edge has them. */
  clientsConnectorArn?: string;
  /** For the next plan: unguessable, and new with each turn. */
  token: string;
}

export interface Surroundings {
  edge?: SipEdge | undefined;
  report?: DialReport | undefined;
  /** What its targets' screenings came to. */
  verdicts?: readonly ScreeningVerdict[] | undefined;
  /** Where the caller has sent whoever has answered. */
  referTo?: string | undefined;
  /** The SIP edge has not taken the session's call out of its bridge: another session has it still. */
  isStillBridged?: boolean | undefined;
}

export class Turn {
  readonly session: Session;
  readonly nowMs: number;
  readonly events: CallEvent[] = [];
  /** Requests to be made in this turn; at most one of them is waited for. */
  readonly requests: DocumentRequest[] = [];
  /** The caller has hung up, whether or not the voice service has told so yet. */
  callerGone = false;
  /** How SIP addresses are reached, and a token that no plan has yet; undefined without a SIP edge. */
  readonly edge: SipEdge | undefined;
  /** What the SIP edge has told of the plan that is open. */
  readonly report: DialReport | undefined;
  readonly verdicts: readonly ScreeningVerdict[];
  readonly referTo: string | undefined;
  /** What whoever has answered goes on with in a session of its own, from this turn on. */
  movedTo: Entry | undefined;
  /** This turn decides the screening that the session is. */
  decided = false;
  /** What runs is to be cut, which only the answer to an update can do: one is to be asked for. */
  interrupt = false;
  /** What becomes of the calls is for somebody else to announce. */
  readonly #isSilent: boolean;
  /** What the SIP edge is to dial, from this turn on. */
  plan: DialPlan | undefined;
  /** The plan that this turn takes out of the edge's hands. */
  closedPlan: string | undefined;
  /** What the caller is to get whom the edge has brought, and who was not answered. */
  refusal: Refusal | undefined;

  constructor(
    session: Session,
    nowMs: number,
    { edge, report, verdicts = [], referTo, isStillBridged = false }: Surroundings = {},
  ) {
    this.session = {
      ...session,
      calls: session.calls.map(call => ({ ...call })),
      flow: { ...session.flow },
      alarms: { ...session.alarms },
      notifications: [...session.notifications],
    };
    this.nowMs = nowMs;
    this.edge = edge;
    this.report = report;
    this.verdicts = verdicts;
    this.referTo = referTo;
    this.#isSilent = session.screening !== undefined || isStillBridged;
    if (report) this.adopt(report.calls);
    const [root] = this.session.calls;
    this.callerGone = root !== undefined && isOver(root);
  }

  get root(): Call {
    return this.call(0);
  }

  /** The call that LEG-B is, or may become, or else was last. */
  get dialled(): Call | undefined {
    const dialled = this.session.calls.slice(1);
    return (
      dialled.find(call => call.answeredAtMs !== undefined && !isSettled(call)) ??
      dialled.findLast(call => !isSettled(call)) ??
      dialled.at(-1)
    );
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
    callerName?: string;
    callback?: StatusCallback;
    parameters?: Parameters;
    requestId?: string;
    sip?: SipOrigin;
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
      sid: childSid(this.session.sid, dialledCount(this.session) + 1),
      parentSid: this.root.sid,
      direction: 'outbound-dial',
    });
    this.progress(call, 'initiated');
    return call;
  }

  /** Moves a call on and announces it; what becomes of one that is screened, or still bridged by another session, is for the SIP edge to announce. */
  progress(call: Call, status: CallStatus): void {
    const events = progress(call, status, this.#telling);
    if (!this.#isSilent) this.events.push(...events);
  }

  /** The screening that this session is has come to its end, the first time that this is said. */
  decide(accepted: boolean): void {
    const { screening } = this.session;
    if (screening === undefined || screening.accepted !== undefined) return;
    this.session.screening = { ...screening, accepted };
    this.decided = true;
  }

  /** What the SIP edge has told of calls that it dialled: it has announced all of it. */
  adopt(calls: readonly Call[]): void {
    this.session.calls = adopted(this.session.calls, calls).map(call => ({ ...call }));
  }

  /** Hands dialled calls to the SIP edge. */
  openPlan(plan: Omit<DialPlan, 'token'>): void {
    if (this.edge === undefined) throw new Error('There is no SIP edge.');
    const { token } = this.edge;
    this.plan = structuredClone({ ...plan, token });
    this.session.dialToken = token;
  }

  /** Takes them back: from now on the edge announces nothing of them. */
  closePlan(): void {
    if (this.session.dialToken === undefined) return;
    this.closedPlan = this.session.dialToken;
    delete this.session.dialToken;
  }

  /** The caller is turned away: the edge, if it has brought them, is to say with what. */
  refuse(refusal: Refusal): void {
    if (this.session.arrivalToken !== undefined) this.refusal = refusal;
  }

  answered(call: Call): void {
    this.progress(call, 'in-progress');
  }

  /** A dialled call talks with the root call. */
  joined(call: Call): void {
    this.events.push(...announce('Call Joined', call, this.#telling));
  }

  ended(
    call: Call,
    outcome: Outcome,
    {
      sipCode,
      media,
      end,
    }: { sipCode?: number | undefined; media?: MediaFigures | undefined; end?: CallEnd | undefined } = {},
  ): void {
    if (isSettled(call)) return;
    if (call !== this.root || this.session.transactionId === undefined) this.closePlan();
    if (sipCode !== undefined) call.sipCode = sipCode;
    if (media) call.media = media;
    if (end) call.end = end;
    this.progress(call, outcome);
  }

  dialCompleted(facts: DialFacts): void {
    const { kind: _, ...dial } = facts;
    this.events.push(...announce('Dial Completed', this.root, this.#telling, { dial }));
  }

  /** Keys that a Dial watches were pressed: the subscriber of whoever talks with the caller is told. */
  keysMatched(keys: string, pressedBy: DigitsFacts['pressedBy']): void {
    const { dialled } = this;
    if (dialled === undefined) return;
    const digits = { keys, pressedBy, callSid: dialled.sid };
    this.events.push(...announce('Dial Digits', this.root, this.#telling, { digits }, dialled.callback));
  }

  /** A document failed: that is told on the bus, and kept at the call. A screening's is told by the call that dialled. */
  documentFailed(
    failure: DocumentFailure,
    purpose: RequestPurpose,
    { fallback }: { fallback?: true } = {},
  ): void {
    const { screening } = this.session;
    if (screening) {
      this.session.screening = { ...screening, failures: [...(screening.failures ?? []), failure] };
      return;
    }
    const { code, message, url } = failure;
    this.notify(code, 'error', message, url);
    const document = { ...failure, purpose, ...(fallback && { fallback }) };
    this.events.push(...announce('Document Failed', this.root, this.#telling, { document }));
  }

  alarm(name: keyof Alarms, atMs: number | undefined): void {
    if (atMs === undefined) delete this.session.alarms[name];
    else this.session.alarms[name] = atMs;
  }

  /** What a Gather took, under the name that its document gave it. */
  keepPressed(name: string, digits: string): void {
    this.session.pressed = { ...this.session.pressed, [name]: digits };
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
      call: this.#rootAsTold,
      ...input,
    };
    this.requests.push(request);
    return request;
  }

  /** The root call as a request shows it: over once its end is certain, though the voice service has not told of it yet. */
  get #rootAsTold(): Call {
    const { root, session, nowMs } = this;
    if (isOver(root) || !(this.callerGone || this.beingEnded)) return { ...root };
    const unanswered = session.ending ?? 'no-answer';
    const status = root.answeredAtMs === undefined ? unanswered : 'completed';
    return { ...root, status, endedAtMs: nowMs, ...(session.end && { end: session.end }) };
  }

  get #telling(): Telling {
    const { accountSid, dialect } = this.session;
    return { nowMs: this.nowMs, accountSid, dialect };
  }
}
