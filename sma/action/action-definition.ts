/** What an action is to the engine: facts about it as data, a check of its parameters, and how it runs. */
import type { DigitListening } from '../call/digit-listener.ts';
import type { Leg } from '../call/leg.ts';
import type { Clock } from '../clock.ts';
import type { S3Audio } from '../contract/action.ts';
import type { Playback } from '../media/media.ts';
import type { AudioPrompt, Prompt } from '../media/prompt.ts';
import type { Destination } from '../network/phone-network.ts';
import type { SmaOptionName, SmaOptions } from '../options.ts';
import type { ParameterNames, Parameters } from './parameters.ts';

export interface ActionDefinition {
  /** Every parameter name that it documents. */
  readonly parameters: ParameterNames;
  /** An option that must be on for the action to exist. */
  readonly enabledBy?: SmaOptionName;
  /** Which leg it is for: the one that its parameters name (else the one that the event was about), or always LEG-A. */
  readonly leg: 'selected' | 'LEG-A';
  /** The message of this action for a leg that is not there, where it differs from the usual one. */
  readonly legMessage?: string;
  /** Whether an update cuts it; the name of an option lets that decide. */
  readonly interruptible: boolean | SmaOptionName;
  /** An option with which it cuts, first in the list of an update, even what cannot be cut otherwise. */
  readonly cutsWith?: SmaOptionName;
  /** Whether its start answers an unanswered LEG-A. */
  readonly answersLegA: boolean;
  /** Whether it can run on a leg that the service has dialled and nobody has answered yet. */
  readonly runsWhileDialled: boolean;
  /** Whether its success is reported even in the middle of a list. */
  readonly reportsItself: boolean;
  /** What is reported when its leg ends while it runs; undefined when the action sees to that itself. */
  readonly whenLegEnds: (options: SmaOptions) => ActionOutcome | undefined;
  /** Whether the reported parameters get LEG-A's CallId. */
  readonly reportsCallId?: true;
  /** What is wrong with the parameters, if anything. */
  check(parameters: Parameters, facts: CallFacts): ActionError | undefined;
  /** Runs it. `run.finish` must be called once, now or later, unless the returned `stop` is called first. */
  start(run: ActionRun): RunningAction;
}

export interface ActionError {
  errorType: string;
  errorMessage: string;
}

export type ActionOutcome =
  | { result: 'successful'; data?: Record<string, unknown> }
  | { result: 'failed'; error: ActionError; parameters?: Record<string, unknown> }
  /** Ended without an event of its own. */
  | { result: 'unreported' };

export interface RunningAction {
  /** Cuts it. `finish` is not called any more. */
  stop(): void;
  /** A digit from its leg. True when the action takes it, so that nothing else sees it. */
  digit?(digit: string): boolean;
}

export interface ActionRun {
  readonly parameters: Parameters;
  readonly leg: Leg;
  readonly call: CallControl;
  finish(outcome: ActionOutcome): void;
}

/** What a check may know of the call. */
export interface CallFacts {
  readonly options: SmaOptions;
  readonly legA: Leg;
  ownsNumber(number: string): boolean;
  warn(message: string): void;
}

/** What a running action may do to the call. */
export interface CallControl extends CallFacts {
  readonly clock: Clock;
  /** The second leg while it is up. */
  readonly legB: Leg | undefined;
  readAudio(source: S3Audio): Promise<AudioPrompt | ActionError>;
  play(leg: Leg, prompt: Prompt, ended: () => void): Playback;
  /** Presses keys, each for so long; a comma is a pause. */
  sendDigits(leg: Leg, digits: string, toneMs: number): void;
  /** Listens for digits on the leg, in place of what listened there before. */
  listen(leg: Leg, listening: DigitListening): void;
  answer(leg: Leg): void;
  /**
   * Hangs a leg up. Its HANGUP is sent; `answered` is told whether the answer to that brought actions.
   * When it was the last leg the call is over and `answered` is not called.
   */
  hangUp(leg: Leg, sipCode: number, answered: (withActions: boolean) => void): void;
  /** Dials LEG-B, which is bridged to LEG-A the moment it answers. */
  dialLegB(request: LegBRequest, events: LegBEvents): { cancel(): void };
}

export interface LegBRequest {
  from: string;
  to: Destination;
  headers: Record<string, string>;
}

export interface LegBEvents {
  ringing(): void;
  /** It has answered, and is bridged. */
  bridged(): void;
  failed(sipCode: number): void;
}
