/** A call in the engine's hands: a test says what happens to it, and looks at what the engine makes of it. */
import { advance, type Happening, type Step } from '../../core/advance.ts';
import type { Call, StatusCallback } from '../../core/call.ts';
import type { DialReport, ScreeningVerdict } from '../../core/dial-plan.ts';
import type { DocumentResult } from '../../core/document.ts';
import type { CallEvent } from '../../core/event.ts';
import { layOut } from '../../core/lay-out.ts';
import { EMPTY_DIRECTORY } from '../../core/resolve-destination.ts';
import { createSession, type Entry, type Session } from '../../core/session.ts';
import type { SipTarget } from '../../core/sip-target.ts';
import type { SipEdge } from '../../core/turn.ts';
import type { DialNumber, Gather, LaidOutVerb, NumberTarget, Verb } from '../../core/verb.ts';
import type { Action } from '../../sma/contract/action.ts';
import type { LegTag, SmaEvent } from '../../sma/contract/event.ts';
import { deepFreeze } from './deep-freeze.ts';
import * as sma from './sma-events.ts';

export const START_MS = Date.UTC(2026, 0, 1);
export const ROOT_SID = `CA${'0123456789abcdef'.repeat(2).slice(0, 28)}0000`;
export const CALLER = '+12025550100';
export const OWN_NUMBER = '+12025550110';
export const CALLEE = '+12025550107';

export interface CallSettings {
  direction?: 'inbound' | 'outbound-api';
  from?: string;
  callback?: StatusCallback;
  ringTimeoutSeconds?: number;
  hangUpAfterRingingSeconds?: number;
  timeLimitSeconds?: number;
  callerName?: string;
  sip?: SipTarget;
  delayAnswer?: true;
  arrivalToken?: string;
}

export class EngineCall {
  session: Session;
  /** Everything that was told, in its order. */
  readonly events: CallEvent[] = [];
  readonly steps: Step[] = [];
  nowMs = START_MS;
  /** What the engine knows of the SIP edge, where there is one. */
  edge: SipEdge | undefined;
  report: DialReport | undefined;
  verdicts: ScreeningVerdict[] | undefined;
  /** Where the caller has sent whoever has answered. */
  referTo: string | undefined;
  #legs: sma.Legs = { a: 'unanswered' };

  constructor(entry: Entry | LaidOutVerb[], settings: CallSettings = {}) {
    const { direction = 'outbound-api', from, ...more } = settings;
    const [to, defaultFrom] = direction === 'inbound' ? [OWN_NUMBER, CALLER] : [CALLER, OWN_NUMBER];
    const { session, events } = createSession({
      sid: ROOT_SID,
      accountSid: `AC${'a'.repeat(32)}`,
      dialect: 'test',
      direction,
      to,
      from: from ?? defaultFrom,
      entry: Array.isArray(entry) ? { verbs: entry } : entry,
      nowMs: START_MS,
      ...more,
    });
    this.session = session;
    this.events.push(...events);
  }

  /** An outbound call that has been answered and has got its first list. */
  static answered(entry: Entry | LaidOutVerb[], settings: CallSettings = {}): EngineCall {
    const call = new EngineCall(entry, settings);
    call.placed();
    call.answered();
    return call;
  }

  /** An inbound call that has got its first list. */
  static inbound(entry: Entry | LaidOutVerb[], settings: CallSettings = {}): EngineCall {
    const call = new EngineCall(entry, { direction: 'inbound', ...settings });
    call.comesIn();
    return call;
  }

  happens(happening: DistributiveOmit<Happening, 'nowMs'>): Step {
    const { edge, report, verdicts, referTo } = this;
    const surroundings = structuredClone({ edge, report, verdicts, referTo });
    const step = advance(
      deepFreeze(this.session),
      deepFreeze({ ...surroundings, ...happening, nowMs: this.nowMs }),
    );
    // As it is when it has been in the call table.
    this.session = JSON.parse(JSON.stringify(step.session)) as Session;
    this.events.push(...step.events);
    this.steps.push(step);
    return step;
  }

  // What the voice service tells.

  placed = (): Step => this.#event(sma.smaEvent('NEW_OUTBOUND_CALL', this.#legs));
  comesIn = (): Step => this.#event(sma.smaEvent('NEW_INBOUND_CALL', this.#legs));
  rings = (): Step => this.#event(sma.smaEvent('RINGING', this.#legs));

  answered(): Step {
    this.#legs.a = 'Connected';
    return this.#event(sma.smaEvent('CALL_ANSWERED', this.#legs));
  }

  /** The list that was given last has run to its end. */
  listEnds(): Step {
    const last = this.actions.at(-1);
    if (last === undefined) throw new Error('No list was given.');
    return this.#event(sma.actionSuccessful(last, this.#legs));
  }

  /** The last action of the list that was given last has taken these keys. */
  takes(digits: string): Step {
    return this.ends(this.actions.at(-1), digits);
  }

  /** An action that was given ends by itself. */
  ends(action: Action | undefined, digits?: string): Step {
    if (action === undefined) throw new Error('There is no such action.');
    return this.#event(sma.actionSuccessful(action, this.#legs, digits));
  }

  /** That action of the last list fails; the service drops those after it. */
  actionFails(index: number, error = { type: 'SystemException', message: 'System error.' }): Step {
    const action = this.actions[index];
    if (action === undefined) throw new Error(`The last list has no action ${index}.`);
    return this.#event(sma.actionFailed(action, error, this.#legs));
  }

  calleeAnswers(): Step {
    this.#legs = { a: 'Connected', b: 'Connected' };
    return this.#event(sma.actionSuccessful(this.#bridging, this.#legs));
  }

  calleeDoesNotAnswer(error = { type: 'CallNotAnswered', message: 'Call not answered' }): Step {
    return this.#event(sma.actionFailed(this.#bridging, error, this.#legs));
  }

  /** As in traces S7 and S13 of the service: what runs ends first, with the leg disconnected already. */
  callerLeavesWhile(action: 'ringing the callee' | 'listening'): Step {
    this.#legs.a = 'Disconnected';
    if (action === 'listening') return this.listEnds();
    return this.calleeDoesNotAnswer();
  }

  hangsUp(leg: LegTag, sipResponseCode = 0): Step {
    const { a, b } = this.#legs;
    this.#legs =
      leg === 'LEG-A' ? { a: 'Disconnected', ...(b && { b }) } : { ...(a && { a }), b: 'Disconnected' };
    const step = this.#event(sma.hangup(leg, this.#legs, sipResponseCode));
    if (leg === 'LEG-B') this.#legs = { ...(this.#legs.a && { a: this.#legs.a }) };
    return step;
  }

  presses = (digits: string, leg?: LegTag): Step => this.#event(sma.digitsReceived(digits, this.#legs, leg));
  answerIsInvalid = (): Step => this.#event(sma.invalidLambdaResponse(this.#legs));
  isInterrupted(): Step {
    const [running] = this.actions;
    return this.#event(sma.actionInterrupted(running as Action, this.#legs));
  }

  // What comes from elsewhere.

  documentArrives(result: LaidOutVerb[] | DocumentResult, id = this.waitingFor?.id ?? 'none'): Step {
    return this.happens({ kind: 'document', id, result: Array.isArray(result) ? { verbs: result } : result });
  }

  isRedirected = (entry: Entry): Step => this.happens({ kind: 'redirected', entry });
  isHungUp = (outcome: 'completed' | 'canceled', callSid = ROOT_SID): Step =>
    this.happens({ kind: 'hungUp', callSid, outcome });
  wakes = (): Step => this.happens({ kind: 'woken' });

  passes(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  // What has become of it.

  /** The last actions that were given. */
  get actions(): Action[] {
    return this.steps.findLast(({ actions }) => actions.length > 0)?.actions ?? [];
  }

  get waitingFor() {
    return this.session.flow.waiting;
  }

  get root(): Call {
    return this.session.calls[0] as Call;
  }

  /** The newest call that it dialled. */
  get dialled(): Call {
    return this.session.calls.at(-1) as Call;
  }

  /** `A Call Completed completed`, one line for each event of the root call (A) or a dialled one (B, C, …). */
  get told(): string[] {
    return this.events.map(({ type, detail }) => {
      const letter = String.fromCharCode(65 + Number.parseInt(detail.call.sid.slice(-4), 16));
      return `${letter} ${type}${type === 'Call Completed' ? ` ${detail.call.status}` : ''}`;
    });
  }

  get #bridging(): Action {
    const action = this.steps
      .flatMap(({ actions }) => actions)
      .findLast(({ Type }) => Type === 'CallAndBridge');
    if (action === undefined) throw new Error('Nobody was dialled.');
    return action;
  }

  #event(event: SmaEvent): Step {
    return this.happens({ kind: 'event', event });
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Verbs as a deployment without a SIP edge lays them out, for an account without routes. */
export const laidOut = (verbs: Verb[]): LaidOutVerb[] =>
  layOut(verbs, {
    accountSid: `AC${'a'.repeat(32)}`,
    directory: { ...EMPTY_DIRECTORY, numbers: new Set([OWN_NUMBER]) },
    hasEdge: false,
    call: { direction: 'outbound-api', to: CALLER, from: OWN_NUMBER },
    nowMs: START_MS,
  }).verbs;

/** Actions in one line each: `Speak Hello`, `Pause 20000`, `Hangup LEG-A 480`. */
export function lines(actions: readonly Action[]): string[] {
  return actions.map(action => {
    switch (action.Type) {
      case 'Speak':
        return `Speak ${action.Parameters.Text}`;
      case 'Pause':
        return `Pause ${action.Parameters.DurationInMilliseconds}`;
      case 'PlayAudio':
        return `PlayAudio ${action.Parameters.AudioSource.Key}`;
      case 'SendDigits':
        return `SendDigits ${action.Parameters.Digits}`;
      case 'CallAndBridge':
        return `CallAndBridge ${action.Parameters.Endpoints[0]?.Uri}`;
      case 'Hangup':
        return `Hangup ${action.Parameters.ParticipantTag} ${action.Parameters.SipResponseCode}`;
      default:
        return action.Type;
    }
  });
}

// Verbs with what a test does not care about filled in.

export const say = (text: string, loop = 1): LaidOutVerb => ({ verb: 'Say', parts: [text], loop });
export const pause = (lengthSeconds: number): LaidOutVerb => ({ verb: 'Pause', lengthSeconds });
export const redirect = (url: string): LaidOutVerb => ({ verb: 'Redirect', target: { url, method: 'POST' } });
export const HANGUP: LaidOutVerb = { verb: 'Hangup' };
export const dial = (more: Partial<DialNumber> & { numbers?: string[] } = {}): LaidOutVerb => {
  const { numbers = [CALLEE], ...rest } = more;
  return {
    verb: 'DialNumber',
    targets: numbers.map((number): NumberTarget => ({ kind: 'number', number })),
    timeoutSeconds: 30,
    timeLimitSeconds: 14_400,
    hangupOnStar: false,
    answer: 'document',
    afterwards: 'continue',
    ...rest,
  };
};
export const gather = (more: Partial<Gather> = {}): LaidOutVerb => ({
  verb: 'Gather',
  prompts: [{ verb: 'Say', parts: ['Press.'], loop: 1 }],
  firstKeyTimeoutSeconds: 5,
  nextKeyTimeoutSeconds: 3,
  finishOnKeys: '#',
  maxDigits: 4,
  tries: 1,
  action: target('https://example.com/keys'),
  onNothing: 'continue',
  answer: 'document',
  ...more,
});
export const target = (url: string) => ({ url, method: 'POST' as const });
export const subscribed = (...events: StatusCallback['events']): StatusCallback => ({
  ...target('https://example.com/events'),
  events,
});
