/** What SpeakAndGetDigits and PlayAudioAndGetDigits share: prompt, collect, judge, try again. */
import type { Timer } from '../clock.ts';
import type { DigitCollection } from '../contract/action.ts';
import { ERROR_MESSAGES } from '../contract/error-type.ts';
import { MAX_DIGITS } from '../contract/limits.ts';
import type { Playback } from '../media/media.ts';
import type { Prompt } from '../media/prompt.ts';
import type { SmaOptions } from '../options.ts';
import type { ActionError, ActionOutcome, ActionRun, RunningAction } from './action-definition.ts';
import {
  invalid,
  isAbsent,
  isBetween,
  isKeyList,
  type ParameterNames,
  type Parameters,
  wholeNumber,
  wholeNumberOr,
} from './parameters.ts';

export const COLLECTION_NAMES: ParameterNames = {
  InputDigitsRegex: true,
  MinNumberOfDigits: true,
  MaxNumberOfDigits: true,
  TerminatorDigits: true,
  InBetweenDigitsDurationInMilliseconds: true,
  Repeat: true,
  RepeatDurationInMilliseconds: true,
};

const DEFAULT_TERMINATORS = ['#'];

/** The pattern, or undefined when it is not one. */
export function digitsPattern(source: unknown): RegExp | undefined {
  if (typeof source !== 'string') return undefined;
  try {
    return new RegExp(source);
  } catch {
    return undefined;
  }
}

/**
 * What is wrong with the parameters. The documentation wants MaxNumberOfDigits above MinNumberOfDigits, but samples that work
 * have them equal, so equal is right here.
 */
export function checkCollection(parameters: Parameters): ActionError | undefined {
  const { InputDigitsRegex, TerminatorDigits } = parameters as Partial<DigitCollection>;
  const least = wholeNumberOr(parameters['MinNumberOfDigits'], 0);
  const most = wholeNumberOr(parameters['MaxNumberOfDigits'], MAX_DIGITS);
  const repeatMs = wholeNumber(parameters['RepeatDurationInMilliseconds']);
  if (!isBetween(least, 0, MAX_DIGITS)) return invalid(ERROR_MESSAGES.parameter('MinNumberOfDigits'));
  if (!isBetween(most, least, MAX_DIGITS)) return invalid(ERROR_MESSAGES.maxDigits);
  if (!(repeatMs > 0)) return invalid(ERROR_MESSAGES.repeatDuration);
  if (!isAbsent(InputDigitsRegex) && digitsPattern(InputDigitsRegex) === undefined) {
    return invalid(ERROR_MESSAGES.digitsRegex);
  }
  if (!isAbsent(TerminatorDigits) && !isKeyList(TerminatorDigits)) {
    return invalid(ERROR_MESSAGES.parameter('TerminatorDigits'));
  }
  if (!(wholeNumberOr(parameters['InBetweenDigitsDurationInMilliseconds'], repeatMs) > 0)) {
    return invalid(ERROR_MESSAGES.inBetweenDigits);
  }
  if (!(wholeNumberOr(parameters['Repeat'], 1) > 0)) return invalid(ERROR_MESSAGES.parameter('Repeat'));
  return undefined;
}

export const digitsNotReceived = (options: SmaOptions): ActionOutcome => ({
  result: 'failed',
  error: { errorType: options.digitsErrorType, errorMessage: ERROR_MESSAGES.digitsInvalid },
});

export interface Prompts {
  main: Prompt;
  /** Heard after an attempt that brought no valid digits. */
  failure?: Prompt | undefined;
}

/** Runs the attempts. Digits count from the first moment of the prompt, which the first of them cuts. */
export function collectDigits({ parameters, leg, call, finish }: ActionRun, prompts: Prompts): RunningAction {
  const wanted = parameters as unknown as DigitCollection;
  const least = wholeNumberOr(wanted.MinNumberOfDigits, 0);
  const most = wholeNumberOr(wanted.MaxNumberOfDigits, MAX_DIGITS);
  const pattern = digitsPattern(wanted.InputDigitsRegex);
  const terminators = wanted.TerminatorDigits ?? DEFAULT_TERMINATORS;
  const attemptMs = wholeNumber(wanted.RepeatDurationInMilliseconds);
  const inBetweenMs = wholeNumberOr(wanted.InBetweenDigitsDurationInMilliseconds, attemptMs);
  let attemptsLeft = wholeNumberOr(wanted.Repeat, 1);
  let digits = '';
  let collecting = false;
  let playing: Playback | undefined;
  let attemptTimer: Timer | undefined;
  let inBetweenTimer: Timer | undefined;

  const quiet = (): void => {
    playing?.stop();
    attemptTimer?.cancel();
    inBetweenTimer?.cancel();
    playing = attemptTimer = inBetweenTimer = undefined;
  };
  const waitForDigits = (): void => {
    playing = undefined;
    attemptTimer = call.clock.after(attemptMs, judge);
  };
  const attempt = (): void => {
    attemptsLeft--;
    digits = '';
    collecting = true;
    playing = call.play(leg, prompts.main, waitForDigits);
  };
  const judge = (): void => {
    quiet();
    collecting = false;
    const isValid = isBetween(digits.length, least, most) && (pattern?.test(digits) ?? true);
    if (isValid) finish({ result: 'successful', data: { ReceivedDigits: digits } });
    else explain();
  };
  const explain = (): void => {
    const goOn = (): void => (attemptsLeft > 0 ? attempt() : finish(digitsNotReceived(call.options)));
    const isHeard = attemptsLeft > 0 || call.options.failureAudioAfterLastAttempt;
    if (prompts.failure === undefined || !isHeard) goOn();
    else playing = call.play(leg, prompts.failure, goOn);
  };
  const hear = (digit: string): void => {
    if (!collecting) return;
    if (playing !== undefined) {
      playing.stop();
      waitForDigits();
    }
    inBetweenTimer?.cancel();
    if (terminators.includes(digit)) {
      judge();
      return;
    }
    digits += digit;
    if (digits.length >= most) judge();
    else inBetweenTimer = call.clock.after(inBetweenMs, judge);
  };

  attempt();
  return {
    stop: quiet,
    digit(digit) {
      hear(digit);
      return true;
    },
  };
}
