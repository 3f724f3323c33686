/** Events of the voice service, as it would send them to the handler. */
import type { Action } from '../../sma/contract/action.ts';
import type { EventType, LegTag, Participant, SmaEvent } from '../../sma/contract/event.ts';

export const TRANSACTION_ID = '11111111-2222-4333-8444-555555555555';
export const LEG_IDS = {
  'LEG-A': 'aaaaaaaa-0000-4000-8000-000000000000',
  'LEG-B': 'bbbbbbbb-0000-4000-8000-000000000000',
} as const;

export type LegStatus = 'Connected' | 'Disconnected';

/** The legs of an event and how they are; `unanswered` has no Status, as in the service's events about new calls. */
export interface Legs {
  a?: LegStatus | 'unanswered';
  b?: LegStatus;
}

const NUMBERS = { to: '+12025550100', from: '+12025550110' };

/** LEG-B comes first: the service promises no order, so nothing may count on one. */
function participants({ a = 'Connected', b }: Legs): Participant[] {
  const leg = (tag: LegTag, status: LegStatus | 'unanswered'): Participant => ({
    CallId: LEG_IDS[tag],
    ParticipantTag: tag,
    To: NUMBERS.to,
    From: NUMBERS.from,
    Direction: 'Outbound',
    StartTimeInMilliseconds: '1767225600000',
    ...(status !== 'unanswered' && { Status: status }),
  });
  return [...(b === undefined ? [] : [leg('LEG-B', b)]), leg('LEG-A', a)];
}

export function smaEvent(
  type: EventType,
  legs: Legs = {},
  more: Pick<SmaEvent, 'ActionData' | 'ErrorType' | 'ErrorMessage'> = {},
): SmaEvent {
  return {
    SchemaVersion: '1.0',
    Sequence: 1,
    InvocationEventType: type,
    ...more,
    CallDetails: {
      TransactionId: TRANSACTION_ID,
      AwsAccountId: '111122223333',
      AwsRegion: 'us-east-1',
      SipMediaApplicationId: '99999999-2222-4333-8444-555555555555',
      Participants: participants(legs),
    },
  };
}

/** The service repeats an action's parameters, in whatever order it likes; it takes numbers and texts alike. */
const echo = (action: Action) => ({
  Type: action.Type,
  Parameters: Object.fromEntries(
    Object.entries(action.Parameters)
      .map(([name, value]) => [name, typeof value === 'number' ? String(value) : value])
      .reverse(),
  ),
});

export const actionSuccessful = (action: Action, legs?: Legs, ReceivedDigits?: string): SmaEvent =>
  smaEvent('ACTION_SUCCESSFUL', legs, {
    ActionData: { ...echo(action), ...(ReceivedDigits !== undefined && { ReceivedDigits }) },
  });

export const actionFailed = (
  action: Action,
  error: { type: string; message: string },
  legs?: Legs,
): SmaEvent =>
  smaEvent('ACTION_FAILED', legs, {
    ActionData: { ...echo(action), ErrorType: error.type, ErrorMessage: error.message },
  });

export const actionInterrupted = (action: Action, legs?: Legs): SmaEvent =>
  smaEvent('ACTION_INTERRUPTED', legs, { ActionData: echo(action) });

export const digitsReceived = (digits: string, legs?: Legs, leg: LegTag = 'LEG-A'): SmaEvent =>
  smaEvent('DIGITS_RECEIVED', legs, {
    ActionData: { Type: 'ReceiveDigits', ReceivedDigits: digits, Parameters: { ParticipantTag: leg } },
  });

export const hangup = (leg: LegTag, legs: Legs, sipResponseCode = 0): SmaEvent =>
  smaEvent('HANGUP', legs, {
    ActionData: {
      Type: 'Hangup',
      Parameters: { SipResponseCode: sipResponseCode, CallId: LEG_IDS[leg], ParticipantTag: leg },
    },
  });

export const invalidLambdaResponse = (legs?: Legs): SmaEvent =>
  smaEvent('INVALID_LAMBDA_RESPONSE', legs, {
    ErrorType: 'TooManyActions',
    ErrorMessage: 'Too many actions specified in a response.',
  });
