/** `ErrorType` values of ACTION_FAILED and INVALID_LAMBDA_RESPONSE, and the message of each, as the service words them. */

export type ErrorType =
  | 'AccessDenied'
  | 'ActionExecutionThrottled'
  | 'CallNotAnswered'
  | 'InvalidActionParameter'
  | 'InvalidAudioSource'
  | 'InvalidDigitsReceived'
  | 'MissingRequiredActionParameter'
  | 'ResourceAccessDenied'
  | 'ResourceNotFound'
  | 'SystemException';

/** Messages that are wire facts; the ones with a name in them are functions. */
export const ERROR_MESSAGES = {
  callNotAnswered: 'Call not answered',
  system: 'System error while running action.',
  audioSourceInvalid: 'Audio Source parameter value is invalid.',
  audioSourceUnreadable: 'Cannot access S3 bucket or audio file.',
  ringbackInvalid: 'Ringtone parameter value is invalid.',
  endpointCount: 'Invalid number of endpoints provided.',
  endpointInvalid: 'Endpoint parameter is invalid.',
  callerIdInvalid: 'Invalid caller ID.',
  callerIdMissing: 'Caller ID not defined.',
  callerIdNotOwned:
    'Provided caller ID number is invalid. Number must be owned by this AWS account, or be the From number of LEG-A.',
  callTimeout: 'The MaxCallTimeout parameter is invalid. Timeout must be between 0 and 120 seconds.',
  duration: 'The Duration parameter is invalid.',
  leg: 'CallId or ParticipantTag parameter for action is invalid.',
  /** As `leg`, in the words of the actions that gather digits. */
  legOfGather: 'CallId or ParticipantTag parameter for the action is invalid.',
  maxDigits: 'The MaxNumberOfDigits parameter is invalid.',
  repeatDuration: 'The RepeatDurationInMilliseconds parameter is invalid.',
  inBetweenDigits: 'The InBetweenDigitsDurationInMilliseconds parameter is invalid.',
  flushDigits: 'The FlushDigitsDurationInMilliseconds parameter is invalid.',
  digitsRegex: 'The InputDigitsRegex parameter is invalid.',
  toneDuration: 'ToneDuration parameter value is invalid.',
  /** Of actions that cannot run in the call as it is: the words of ModifyChimeMeetingAttendees, taken for CallAndBridge too. */
  actionOnCall: 'Invalid action on the call.',
  /** Ours: the service's own words for these are not known. */
  textMissing: 'The Text parameter is missing.',
  textTooLong: 'The Text parameter is longer than 1000 characters.',
  digitsInvalid: 'Valid digits were not received.',
  tooManyCalls: 'The maximum number of concurrent calls has been reached.',
  parameter: (name: string) => `The ${name} parameter is invalid.`,
  unknownParameter: (name: string) => `Unknown parameter ${name}.`,
  sipHeaders: (name: string) => `Invalid SIP header(s) provided: ${name}`,
} as const;
