/**
 * A small model of the voice service: one call whose legs do as they are told by chance, and which carries out the
 * engine's actions in the order and with the events of the service. What it may not be told is an error here.
 */
import { advance, type Happening, nextAlarmMs, type Step } from '../../core/advance.ts';
import type { Aside } from '../../core/aside.ts';
import type { DocumentRequest, DocumentResult } from '../../core/document.ts';
import type { CallEvent } from '../../core/event.ts';
import { type Entry, type Session, sessionIsOver } from '../../core/session.ts';
import { mapPlays } from '../../core/verb-audio.ts';
import type { Action } from '../../sma/contract/action.ts';
import type { LegTag, SmaEvent } from '../../sma/contract/event.ts';
import { MAX_ACTIONS_PER_RESPONSE } from '../../sma/contract/limits.ts';
import { deepFreeze } from './deep-freeze.ts';
import * as sma from './sma-events.ts';

/** What is drawn by lot. */
export interface Chance {
  /** 0 … below - 1. */
  pick(below: number): number;
  document(): DocumentResult;
  entry(): Entry;
}

type LegState = 'none' | 'ringing' | 'up' | 'gone';

/** They tell of themselves in the middle of a list, too. */
const COLLECTS: ReadonlySet<Action['Type']> = new Set(['SpeakAndGetDigits', 'PlayAudioAndGetDigits']);
const CUTS: ReadonlySet<Action['Type']> = new Set(['Pause', 'PlayAudio', 'Speak']);

const AUDIO = { bucket: 'audio', key: 'a.wav' };
const ASIDE: Aside['verbs'] = [
  { verb: 'Say', parts: ['x'.repeat(2_500)], loop: 1 },
  { verb: 'Play', url: 'https://example.com/a.wav', loop: 0 },
  { verb: 'SendDigits', digits: '1'.repeat(500), loop: 1 },
];

export class VoiceModel {
  session: Session;
  readonly events: CallEvent[] = [];
  /** Every request, by its id, as it was when it was first made. */
  readonly requests = new Map<string, DocumentRequest>();
  /** How often somebody was told something aside. */
  asides = 0;
  /** What must never have happened. */
  readonly faults: string[] = [];
  nowMs: number;
  readonly #chance: Chance;
  readonly #isInbound: boolean;
  #a: LegState = 'ringing';
  #b: LegState = 'none';
  #running: Action | undefined;
  #rest: Action[] = [];
  /** What runs came with the list in force: its failure drops the rest of that. */
  #isOfThisList = false;
  #hasBegun = false;
  #listens = false;

  constructor({ session, events }: { session: Session; events: CallEvent[] }, chance: Chance, nowMs: number) {
    this.session = session;
    this.events.push(...events);
    this.#chance = chance;
    this.#isInbound = session.calls[0]?.direction === 'inbound';
    this.nowMs = nowMs;
  }

  get isOver(): boolean {
    return this.#a === 'gone' && this.#b !== 'up';
  }

  /** One thing that may happen now, drawn by lot. */
  step(): void {
    const possible = this.#possible();
    possible[this.#chance.pick(possible.length)]?.();
  }

  /** Nobody does anything any more but the clock and the voice service: the engine alone has to end the call. */
  settle(): void {
    for (let n = 0; n < 2_000 && !this.isOver; n++) {
      const alarmMs = nextAlarmMs(this.session);
      if (!this.#hasBegun) this.#begin();
      else if (alarmMs !== undefined && (n % 5 === 4 || this.#running === undefined)) {
        this.nowMs = Math.max(this.nowMs, alarmMs);
        this.#update({ kind: 'woken', nowMs: this.nowMs });
      } else if (this.#running !== undefined) this.#runningEnds(true);
      else break;
    }
    if (!this.isOver) this.#fault('the call goes on for ever');
    if (!sessionIsOver(this.session)) this.#fault('the session goes on though its legs are gone');
  }

  #possible(): (() => void)[] {
    if (this.isOver) return [];
    if (!this.#hasBegun) {
      const begin = () => this.#begin();
      return [begin, begin, begin, begin, () => this.#apiChange({ kind: 'hungUp', ...this.#hungUp(0) })];
    }
    const moves = [() => this.#time(), () => this.#update(this.#change())];
    const { waiting, aside } = this.session.flow;
    const awaited = waiting?.id ?? aside?.requestId;
    const arrival = () => this.#update(this.#documentFor(awaited ?? String(this.#chance.pick(5))));
    moves.push(arrival, arrival, arrival, arrival);
    if (this.#a === 'up' || this.#a === 'ringing') moves.push(() => this.#legEnds('LEG-A'));
    if (this.#a === 'ringing' && !this.#isInbound) {
      moves.push(
        () => this.#event(sma.smaEvent('RINGING', this.#legs)),
        () => this.#answer(),
        () => this.#answer(),
      );
    }
    const tell = () => this.#update(this.#aside());
    if (this.#b === 'up') moves.push(() => this.#legEnds('LEG-B'), tell, tell, tell);
    if (this.#running)
      moves.push(
        () => this.#runningEnds(),
        () => this.#runningEnds(),
      );
    if (this.#listens && this.#a === 'up')
      moves.push(() => this.#event(sma.digitsReceived(this.#keys(), this.#legs)));
    return moves;
  }

  // What may happen.

  #begin(): void {
    // The API's change may have ended the call before it was placed: then nothing is dialled.
    if (sessionIsOver(this.session)) {
      this.#a = 'gone';
      return;
    }
    this.#hasBegun = true;
    const type = this.#isInbound ? 'NEW_INBOUND_CALL' : 'NEW_OUTBOUND_CALL';
    this.#event(sma.smaEvent(type, { a: 'unanswered' }), !this.#isInbound);
  }

  #answer(): void {
    this.#a = 'up';
    this.#event(sma.smaEvent('CALL_ANSWERED', this.#legs));
  }

  #time(): void {
    this.nowMs += [100, 1_000, 29_500, 60_000, 3_600_000][this.#chance.pick(5)] ?? 0;
  }

  #change(): Happening {
    const { nowMs } = this;
    const redirected = (): Happening => ({ kind: 'redirected', entry: this.#chance.entry(), nowMs });
    const changes: (() => Happening)[] = [
      () => ({ kind: 'woken', nowMs }),
      redirected,
      redirected,
      redirected,
      () => this.#aside(),
      () => ({ kind: 'hungUp', ...this.#hungUp(this.#chance.pick(this.session.calls.length)), nowMs }),
    ];
    return (changes[this.#chance.pick(changes.length)] as () => Happening)();
  }

  #aside(): Happening {
    const to = this.#chance.pick(2) === 0 ? 'caller' : 'callee';
    const verbs = [ASIDE, []][this.#chance.pick(2)] ?? [];
    return { kind: 'aside', aside: { to, verbs }, nowMs: this.nowMs };
  }

  #hungUp = (index: number) => ({
    callSid: this.session.calls[index]?.sid ?? '',
    outcome: this.#chance.pick(2) === 0 ? ('completed' as const) : ('canceled' as const),
  });

  /** Verbs at hand come back with their audio. */
  #documentFor(id: string): Happening {
    const verbs = this.requests
      .get(id)
      ?.verbs?.map(verb => mapPlays(verb, play => ({ ...play, audio: AUDIO })));
    return { kind: 'document', id, result: verbs ? { verbs } : this.#chance.document(), nowMs: this.nowMs };
  }

  /** A change that reaches the session without the voice service. */
  #apiChange(happening: { kind: 'hungUp'; callSid: string; outcome: 'completed' | 'canceled' }): void {
    this.#advance({ ...happening, nowMs: this.nowMs });
  }

  /** UpdateSipMediaApplicationCall: actions in its answer cut what can be cut. */
  #update(happening: Happening): void {
    const actions = this.#told(happening);
    const running = this.#running;
    if (actions.length === 0) return;
    this.#replace(actions);
    if (running === undefined) return this.#next();
    if (!CUTS.has(running.Type)) return;
    this.#running = undefined;
    this.#event(sma.actionInterrupted(running, this.#legs), true);
    if (!this.isOver) this.#next();
  }

  #runningEnds(byTime = false): void {
    const action = this.#running;
    if (action === undefined) return;
    this.#running = undefined;
    const luck = this.#chance.pick(4);
    if (action.Type === 'CallAndBridge') {
      this.nowMs += byTime ? Number(action.Parameters.CallTimeoutSeconds) * 1_000 : 0;
      if (luck < 3 && !byTime) return this.#bridge(action);
      const error =
        this.#chance.pick(2) === 0
          ? { type: 'InvalidActionParameter', message: 'Invalid caller ID.' }
          : { type: 'CallNotAnswered', message: 'Call not answered' };
      return this.#failed(action, error);
    }
    if (COLLECTS.has(action.Type) && luck < 3) {
      const digits = byTime || luck === 0 ? '' : this.#keys().slice(0, 1);
      this.#event(sma.actionSuccessful(action, this.#legs, digits));
      return;
    }
    if (action.Type === 'Pause') this.nowMs += Number(action.Parameters.DurationInMilliseconds);
    if (luck === 3 && !byTime)
      return this.#failed(action, { type: 'SystemException', message: 'System error.' });
    if (this.#rest.length > 0) return this.#next();
    this.#event(sma.actionSuccessful(action, this.#legs));
  }

  #keys = () => ['*', '1', '#', '12', '1239#'][this.#chance.pick(5)] ?? '';

  #bridge(action: Action): void {
    this.#a = 'up';
    this.#b = 'up';
    this.#event(sma.actionSuccessful(action, this.#legs));
  }

  #failed(action: Action, error: { type: string; message: string }): void {
    if (this.#isOfThisList) this.#rest = [];
    this.#event(sma.actionFailed(action, error, this.#legs));
  }

  #replace(actions: Action[]): void {
    this.#rest = actions;
    this.#isOfThisList = false;
  }

  /** By itself. What runs on it ends first, with its result. */
  #legEnds(leg: LegTag): void {
    const wasUp = this.#a === 'up';
    const running = this.#running;
    this.#mark(leg);
    if (leg === 'LEG-A' && running !== undefined && running.Type !== 'Hangup') {
      this.#running = undefined;
      this.#rest = [];
      this.#event(
        running.Type === 'CallAndBridge'
          ? sma.actionFailed(running, { type: 'CallNotAnswered', message: 'Call not answered' }, this.#legs)
          : sma.actionSuccessful(running, this.#legs),
        true,
      );
    }
    this.#hangupEvent(
      leg,
      leg === 'LEG-A' && !wasUp ? ([0, 404, 480, 486, 603][this.#chance.pick(5)] ?? 0) : 0,
    );
  }

  #hangupEvent(leg: LegTag, sipCode: number): Action[] {
    const legs = this.#legs;
    if (this.isOver) {
      this.#running = undefined;
      this.#rest = [];
    }
    const actions = this.#event(sma.hangup(leg, legs, sipCode), this.isOver);
    if (leg === 'LEG-B') this.#b = 'none';
    return actions;
  }

  #mark(leg: LegTag): void {
    if (leg === 'LEG-A') {
      this.#a = 'gone';
      this.#listens = false;
    } else this.#b = 'gone';
  }

  // The list of actions.

  #next(): void {
    const action = this.#rest.shift();
    this.#running = action;
    this.#isOfThisList = true;
    if (action === undefined) return;
    if (action.Type === 'Hangup') return this.#hangUp(action);
    if (this.#a === 'gone')
      return this.#failed(action, { type: 'InvalidActionParameter', message: 'No leg.' });
    if (action.Type === 'CallAndBridge') {
      if (this.#b === 'up') this.#fault('a second LEG-B is dialled');
      return;
    }
    if (this.#a === 'ringing' && action.Type !== 'Pause') this.#a = 'up';
    if (action.Type === 'ReceiveDigits') this.#listens = true;
  }

  #hangUp(action: Action & { Type: 'Hangup' }): void {
    const leg = action.Parameters.ParticipantTag ?? 'LEG-A';
    const state = leg === 'LEG-A' ? this.#a : this.#b;
    this.#running = undefined;
    if (state !== 'up' && state !== 'ringing') {
      return this.#failed(action, { type: 'InvalidActionParameter', message: 'No such leg.' });
    }
    this.#mark(leg);
    const answer = this.#hangupEvent(leg, Number(action.Parameters.SipResponseCode));
    // E11: HANGUP comes first, and the action's own result after it when that brought no actions.
    if (this.isOver || answer.length > 0) return;
    this.#event(sma.actionSuccessful(action, this.#legs));
  }

  // The handler.

  #event(event: SmaEvent, answerIsIgnored = false): Action[] {
    const actions = this.#told({ kind: 'event', event, nowMs: this.nowMs });
    if (event.InvocationEventType === 'NEW_INBOUND_CALL' && actions.length === 0)
      this.#fault('a call that comes in gets no actions');
    if (answerIsIgnored || this.isOver) return actions;
    if (actions.length > 0) {
      this.#replace(actions);
      if (this.#running === undefined) this.#next();
    } else if (this.#running === undefined) this.#next();
    return actions;
  }

  /** What the handler makes of a happening, with the documents that come at once. */
  #told(happening: Happening): Action[] {
    let step = this.#advance(happening);
    while (step.request !== undefined && this.#chance.pick(3) === 0) {
      step = this.#advance(this.#documentFor(step.request.id));
    }
    if (step.actions.length > MAX_ACTIONS_PER_RESPONSE)
      this.#fault(`a list of ${step.actions.length} actions`);
    return [...step.actions];
  }

  #advance(happening: Happening): Step {
    const session = deepFreeze(this.session);
    const step = advance(session, deepFreeze(happening));
    const again = advance(session, happening);
    if (JSON.stringify(step) !== JSON.stringify(again))
      this.#fault('the same happening came to another step');
    if (happening.kind === 'aside' && (step.request || step.actions.length > 0)) this.asides++;
    for (const request of [...step.notices, ...(step.request ? [step.request] : [])]) this.#note(request);
    this.events.push(...step.events);
    // As it is when it has been in the call table.
    this.session = JSON.parse(JSON.stringify(step.session)) as Session;
    return step;
  }

  #note(request: DocumentRequest): void {
    const before = this.requests.get(request.id);
    if (before === undefined) this.requests.set(request.id, request);
    else if (JSON.stringify(before) !== JSON.stringify(request))
      this.#fault(`request ${request.id} is asked for two decisions`);
  }

  /** A leg that nobody talks to, and that nothing will be done with. */
  checkIdle(): void {
    if (this.isOver || !this.#hasBegun || this.#running !== undefined || this.#b === 'up') return;
    if (this.#a === 'up') this.#fault('LEG-A is up with nothing to do');
    if (this.#a === 'ringing' && this.#isInbound) this.#fault('LEG-A rings with nothing to do');
  }

  /** Nobody hears LEG-B once LEG-A has gone. */
  checkLeftAlone(): void {
    if (this.#a === 'gone' && this.#b === 'up') this.#fault('LEG-B is up alone');
  }

  #fault(what: string): void {
    this.faults.push(what);
  }

  get #legs(): sma.Legs {
    const a = this.#a === 'gone' ? 'Disconnected' : this.#a === 'up' ? 'Connected' : 'unanswered';
    return this.#b === 'none' ? { a } : { a, b: this.#b === 'up' ? 'Connected' : 'Disconnected' };
  }
}
