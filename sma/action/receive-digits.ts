import type { ReceiveDigitsParameters } from '../contract/action.ts';
import { ERROR_MESSAGES } from '../contract/error-type.ts';
import type { ActionDefinition } from './action-definition.ts';
import { digitsPattern } from './digit-collection.ts';
import { invalid, LEG_SELECTOR, wholeNumber } from './parameters.ts';

/** Listens on a leg from now on, and is done at once; digits come as DIGITS_RECEIVED. */
export const receiveDigits: ActionDefinition = {
  parameters: {
    ...LEG_SELECTOR,
    InputDigitsRegex: true,
    InBetweenDigitsDurationInMilliseconds: true,
    FlushDigitsDurationInMilliseconds: true,
  },
  leg: 'selected',
  interruptible: false,
  answersLegA: true,
  runsWhileDialled: false,
  reportsItself: false,
  whenLegEnds: () => ({ result: 'successful' }),

  check(parameters) {
    const inBetweenMs = wholeNumber(parameters['InBetweenDigitsDurationInMilliseconds']);
    const flushMs = wholeNumber(parameters['FlushDigitsDurationInMilliseconds']);
    if (!parameters['InputDigitsRegex'] || digitsPattern(parameters['InputDigitsRegex']) === undefined) {
      return invalid(ERROR_MESSAGES.digitsRegex);
    }
    if (!(inBetweenMs > 0)) return invalid(ERROR_MESSAGES.inBetweenDigits);
    return flushMs > inBetweenMs ? undefined : invalid(ERROR_MESSAGES.flushDigits);
  },

  start({ parameters, leg, call, finish }) {
    const listening = parameters as unknown as ReceiveDigitsParameters;
    call.listen(leg, {
      parameters,
      pattern: new RegExp(listening.InputDigitsRegex),
      inBetweenMs: wholeNumber(listening.InBetweenDigitsDurationInMilliseconds),
      flushMs: wholeNumber(listening.FlushDigitsDurationInMilliseconds),
    });
    finish({ result: 'successful', data: { ReceivedDigits: '' } });
    return { stop() {} };
  },
};
