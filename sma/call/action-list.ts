/**
 * The list of actions of one call: strictly in order, one at a time, for the call as a whole.
 * It knows actions by their definitions only.
 */

import type {
  ActionDefinition,
  ActionError,
  ActionOutcome,
  CallControl,
  RunningAction,
} from '../action/action-definition.ts';
import { definitionOf } from '../action/index.ts';
import { invalid, type Parameters, unknownParameter } from '../action/parameters.ts';
import type { Action } from '../contract/action.ts';
import { ERROR_MESSAGES } from '../contract/error-type.ts';
import type { ActionOutcomeName } from '../trace.ts';
import { isStillDialled, isUnanswered, isUp, type Leg } from './leg.ts';

export interface ReportedAction {
  action: Action;
  /** What is repeated in the event: the parameters, with what the outcome adds to them. */
  parameters: Record<string, unknown>;
  outcome: ActionOutcome;
  leg: Leg;
}

/** What the list needs of the call that it belongs to. */
export interface ListHost {
  readonly call: CallControl;
  /** LEG-A, and LEG-B while there is one. */
  legs(): readonly Leg[];
  /** Sends the event. For a result, `resume` follows when its answer has come. */
  report(type: 'ACTION_SUCCESSFUL' | 'ACTION_FAILED' | 'ACTION_INTERRUPTED', reported: ReportedAction): void;
  started(action: Action, leg: Leg): void;
  ended(action: Action, outcome: ActionOutcomeName, error: ActionError | undefined): void;
  /** Nothing runs, or something does. */
  activity(isBusy: boolean): void;
}

interface Running {
  readonly action: Action;
  readonly parameters: Parameters;
  readonly definition: ActionDefinition;
  readonly leg: Leg;
  /** The list that it came with: its failure drops the rest of that one only. */
  readonly list: number;
  process?: RunningAction;
  isOver: boolean;
}

export class ActionList {
  readonly #host: ListHost;
  #rest: Action[] = [];
  #list = 0;
  /** The leg of the event that the list answered. */
  #defaultLeg: Leg;
  #running: Running | undefined;
  /** A result has been sent, and its answer decides how to go on. */
  #isWaiting = false;

  constructor(host: ListHost, legA: Leg) {
    this.#host = host;
    this.#defaultLeg = legA;
  }

  /** Something runs, or its result is on its way to the handler. */
  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** Puts these actions in place of those that wait; what runs is finished first, or cut when `interrupts` and it can be. */
  replace(actions: readonly Action[], defaultLeg: Leg, interrupts: boolean): void {
    this.#list++;
    this.#rest = [...actions];
    this.#defaultLeg = defaultLeg;
    this.#isWaiting = false;
    if (this.#host.call.options.validateOnReceive && this.#refuseWhole()) return;
    if (interrupts) this.#interrupt();
    if (this.#running === undefined) this.#next();
  }

  /** The result that was waited for has been answered without actions: the rest goes on, or is dropped. */
  resume(dropRest: boolean): void {
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    if (dropRest) this.#rest = [];
    if (this.#running === undefined) this.#next();
  }

  /** A digit from a leg. True when the running action took it. */
  digit(leg: Leg, digit: string): boolean {
    return this.#running?.leg === leg && this.#running.process?.digit?.(digit) === true;
  }

  /** A leg has ended: the action that runs on it ends first, with its result. */
  legEnded(leg: Leg): void {
    const running = this.#running;
    if (running?.leg !== leg) return;
    const outcome = running.definition.whenLegEnds(this.#host.call.options);
    if (outcome === undefined) return;
    this.#stop(running);
    this.#rest = [];
    this.#report(running, outcome);
  }

  /** Drops everything without a word: the call is over. */
  clear(): void {
    this.#rest = [];
    this.#isWaiting = false;
    const running = this.#running;
    if (running === undefined) return;
    this.#stop(running);
    this.#host.ended(running.action, 'unreported', undefined);
  }

  #next(): void {
    const action = this.#rest.shift();
    this.#host.activity(action !== undefined);
    if (action === undefined) return;
    const parameters: Parameters = { ...action.Parameters };
    const definition = definitionOf(action.Type, this.#host.call.options) as ActionDefinition;
    const leg = this.#legFor(definition, parameters);
    const error =
      this.#check(definition, parameters) ??
      (leg === undefined ? invalid(definition.legMessage ?? ERROR_MESSAGES.leg) : undefined);
    const running: Running = {
      action,
      parameters,
      definition,
      leg: leg ?? this.#defaultLeg,
      list: this.#list,
      isOver: false,
    };
    this.#running = running;
    this.#host.started(action, running.leg);
    if (error !== undefined) this.#finish(running, { result: 'failed', error });
    else this.#start(running);
  }

  #start(running: Running): void {
    const { call } = this.#host;
    const { definition, parameters, leg } = running;
    if (definition.answersLegA && isUnanswered(leg)) call.answer(leg);
    const process = definition.start({
      parameters,
      leg,
      call,
      finish: outcome => this.#finish(running, outcome),
    });
    if (running.isOver) process.stop();
    else running.process = process;
  }

  #finish(running: Running, outcome: ActionOutcome): void {
    if (running.isOver) return;
    running.isOver = true;
    this.#running = undefined;
    const isOwnList = running.list === this.#list;
    if (outcome.result === 'failed' && isOwnList) this.#rest = [];
    const reportsItself = running.definition.reportsItself && !this.#host.call.options.strictDocEvents;
    const isReported =
      outcome.result === 'failed' ||
      (outcome.result === 'successful' && (reportsItself || this.#rest.length === 0));
    if (isReported) this.#report(running, outcome);
    else {
      this.#host.ended(running.action, outcome.result, undefined);
      this.#next();
    }
  }

  #report(running: Running, outcome: ActionOutcome): void {
    const { action, parameters, definition, leg } = running;
    const error = outcome.result === 'failed' ? outcome.error : undefined;
    const added = outcome.result === 'failed' ? outcome.parameters : undefined;
    this.#host.ended(action, outcome.result, error);
    this.#isWaiting = true;
    this.#host.activity(false);
    this.#host.report(outcome.result === 'failed' ? 'ACTION_FAILED' : 'ACTION_SUCCESSFUL', {
      action,
      parameters: {
        ...parameters,
        ...(definition.reportsCallId && { CallId: this.#host.call.legA.callId }),
        ...added,
      },
      outcome,
      leg,
    });
  }

  #interrupt(): void {
    const running = this.#running;
    if (running === undefined) return;
    const { options } = this.#host.call;
    const { interruptible } = running.definition;
    const [first] = this.#rest;
    const cutsWith = first && definitionOf(first.Type, options)?.cutsWith;
    const canBeCut =
      (typeof interruptible === 'boolean' ? interruptible : options[interruptible] === true) ||
      (cutsWith !== undefined && options[cutsWith] === true);
    if (!canBeCut) return;
    this.#stop(running);
    this.#host.ended(running.action, 'interrupted', undefined);
    const { action, parameters, leg } = running;
    this.#host.report('ACTION_INTERRUPTED', { action, parameters, outcome: { result: 'unreported' }, leg });
  }

  #stop(running: Running): void {
    running.isOver = true;
    this.#running = undefined;
    running.process?.stop();
  }

  #check(definition: ActionDefinition, parameters: Parameters): ActionError | undefined {
    const { call } = this.#host;
    const stranger =
      call.options.unknownParameters === 'fail'
        ? unknownParameter(parameters, definition.parameters)
        : undefined;
    return stranger ?? definition.check(parameters, call);
  }

  /** The leg that the action names, when it is one on which the action can run. */
  #legFor(definition: ActionDefinition, parameters: Parameters): Leg | undefined {
    const legs = this.#host.legs();
    const leg =
      definition.leg === 'LEG-A' ? this.#host.call.legA : selectedLeg(legs, parameters, this.#defaultLeg);
    if (leg === undefined || !isUp(leg)) return undefined;
    return isStillDialled(leg) && !definition.runsWhileDialled ? undefined : leg;
  }

  /** Checks all parameters at once. True when one was wrong: the list is then dropped. */
  #refuseWhole(): boolean {
    for (const action of this.#rest) {
      const definition = definitionOf(action.Type, this.#host.call.options) as ActionDefinition;
      const parameters: Parameters = { ...action.Parameters };
      const error = this.#check(definition, parameters);
      if (error === undefined) continue;
      this.#rest = [];
      const leg = this.#legFor(definition, parameters) ?? this.#defaultLeg;
      this.#host.started(action, leg);
      this.#report(
        { action, parameters, definition, leg, list: this.#list, isOver: true },
        { result: 'failed', error },
      );
      return true;
    }
    return false;
  }
}

/** CallId wins over the tag; an empty tag counts as none; without either it is the leg that the event was about. */
function selectedLeg(legs: readonly Leg[], parameters: Parameters, defaultLeg: Leg): Leg | undefined {
  const { CallId, ParticipantTag } = parameters;
  if (CallId) return legs.find(leg => leg.callId === CallId);
  if (ParticipantTag) return legs.find(leg => leg.tag === ParticipantTag && isUp(leg));
  return isUp(defaultLeg) ? defaultLeg : legs.find(isUp);
}
