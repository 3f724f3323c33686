import {
  type ActionData,
  type EventType,
  type Participant,
  SCHEMA_VERSION,
  type SmaEvent,
} from '../contract/event.ts';

export interface EnvelopeParts {
  sequence: number;
  type: EventType;
  actionData?: ActionData | undefined;
  /** Of INVALID_LAMBDA_RESPONSE. */
  invalid?: { errorType: string; errorMessage: string } | undefined;
  transactionId: string;
  attributes?: Record<string, string> | undefined;
  account: { AwsAccountId: string; AwsRegion: string };
  sipRuleId?: string | undefined;
  sipMediaApplicationId: string;
  participants: Participant[];
}

/** The event as the handler gets it: what does not apply is left out, never null. */
export function envelope(parts: EnvelopeParts): SmaEvent {
  return {
    SchemaVersion: SCHEMA_VERSION,
    Sequence: parts.sequence,
    InvocationEventType: parts.type,
    ...(parts.actionData && { ActionData: parts.actionData }),
    ...(parts.invalid && { ErrorType: parts.invalid.errorType, ErrorMessage: parts.invalid.errorMessage }),
    CallDetails: {
      TransactionId: parts.transactionId,
      ...(parts.attributes && { TransactionAttributes: parts.attributes }),
      ...parts.account,
      ...(parts.sipRuleId !== undefined && { SipRuleId: parts.sipRuleId }),
      SipMediaApplicationId: parts.sipMediaApplicationId,
      Participants: parts.participants,
    },
  };
}
