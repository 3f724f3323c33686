import type { SendDigitsParameters } from '../contract/action.ts';
import { ERROR_MESSAGES } from '../contract/error-type.ts';
import {
  DEFAULT_TONE_MS,
  DIGIT_PAUSE_MS,
  MAX_SEND_DIGITS,
  MAX_TONE_MS,
  MIN_TONE_MS,
} from '../contract/limits.ts';
import type { ActionDefinition } from './action-definition.ts';
import { invalid, isBetween, LEG_SELECTOR, wholeNumberOr } from './parameters.ts';

const SENDABLE = /^[0-9*#A-D,]+$/;

/** Presses keys on the leg; a comma is a pause. */
export const sendDigits: ActionDefinition = {
  parameters: { ...LEG_SELECTOR, Digits: true, ToneDurationInMilliseconds: true },
  leg: 'selected',
  interruptible: false,
  answersLegA: true,
  runsWhileDialled: false,
  reportsItself: false,
  whenLegEnds: () => ({ result: 'successful' }),

  check({ Digits, ToneDurationInMilliseconds }) {
    if (typeof Digits !== 'string' || Digits.length > MAX_SEND_DIGITS || !SENDABLE.test(Digits)) {
      return invalid(ERROR_MESSAGES.parameter('Digits'));
    }
    const toneMs = wholeNumberOr(ToneDurationInMilliseconds, DEFAULT_TONE_MS);
    return isBetween(toneMs, MIN_TONE_MS, MAX_TONE_MS) ? undefined : invalid(ERROR_MESSAGES.toneDuration);
  },

  start({ parameters, leg, call, finish }) {
    const { Digits, ToneDurationInMilliseconds } = parameters as unknown as SendDigitsParameters;
    const tones = Digits.replaceAll(',', '');
    const pauses = Digits.length - tones.length;
    const toneMs = wholeNumberOr(ToneDurationInMilliseconds, DEFAULT_TONE_MS);
    if (tones !== '') call.sendDigits(leg, Digits, toneMs);
    const timer = call.clock.after(tones.length * toneMs + pauses * DIGIT_PAUSE_MS, () =>
      finish({ result: 'successful' }),
    );
    return { stop: () => timer.cancel() };
  },
};
