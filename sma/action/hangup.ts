import { ERROR_MESSAGES } from '../contract/error-type.ts';
import { HANGUP_SIP_CODES } from '../contract/limits.ts';
import type { ActionDefinition } from './action-definition.ts';
import { invalid, LEG_SELECTOR, wholeNumberOr } from './parameters.ts';

/**
 * Ends a leg. The last leg's end is the call's, and then there is no ACTION_SUCCESSFUL; while the other leg is
 * up, HANGUP comes first, and ACTION_SUCCESSFUL after it when its answer brings no actions.
 */
export const hangup: ActionDefinition = {
  parameters: { ...LEG_SELECTOR, SipResponseCode: true },
  leg: 'selected',
  interruptible: false,
  cutsWith: 'hangupCutsDialling',
  answersLegA: false,
  runsWhileDialled: true,
  reportsItself: true,
  whenLegEnds: () => undefined,

  check: ({ SipResponseCode }) =>
    HANGUP_SIP_CODES.includes(wholeNumberOr(SipResponseCode, 0))
      ? undefined
      : invalid(ERROR_MESSAGES.parameter('SipResponseCode')),

  start({ parameters, leg, call, finish }) {
    call.hangUp(leg, wholeNumberOr(parameters['SipResponseCode'], 0), withActions =>
      finish({ result: withActions ? 'unreported' : 'successful' }),
    );
    return { stop() {} };
  },
};
