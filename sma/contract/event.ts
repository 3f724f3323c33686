/**
 * What the voice service says to the Lambda function of a SIP media application: one event per invocation.
 * Field names and values are the service's own (developer guide, "Using AWS Lambda functions with SIP media applications").
 */
import type { ActionType } from './action.ts';
import type { LegMedia } from './leg-media.ts';

/** The only schema version there is; a response must repeat it. */
export const SCHEMA_VERSION = '1.0';

export type EventType =
  | 'NEW_INBOUND_CALL'
  | 'NEW_OUTBOUND_CALL'
  | 'RINGING'
  | 'CALL_ANSWERED'
  | 'ACTION_SUCCESSFUL'
  | 'ACTION_FAILED'
  | 'ACTION_INTERRUPTED'
  | 'CALL_UPDATE_REQUESTED'
  | 'DIGITS_RECEIVED'
  | 'HANGUP'
  | 'INVALID_LAMBDA_RESPONSE';

export type LegTag = 'LEG-A' | 'LEG-B';

/** One leg of the transaction. Their order in an event is not guaranteed: look a leg up by its tag. */
export interface Participant {
  CallId: string;
  ParticipantTag: LegTag;
  To: string;
  From: string;
  /** `Inbound`: somebody called the service. `Outbound`: the service called somebody. */
  Direction: 'Inbound' | 'Outbound';
  /** Epoch milliseconds, as a string. */
  StartTimeInMilliseconds: string;
  /** Left out of NEW_INBOUND_CALL, NEW_OUTBOUND_CALL and RINGING. */
  Status?: 'Connected' | 'Disconnected';
  /** X- headers, User-to-User and Diversion of an inbound leg's INVITE. */
  SipHeaders?: Record<string, string>;
}

export interface ActionData {
  Type: ActionType | 'CallCreateRequest' | 'CallUpdateRequest';
  /** The action's own parameters, repeated; a HANGUP has SipResponseCode (number), CallId, ParticipantTag. */
  Parameters?: Record<string, unknown>;
  ReceivedDigits?: string;
  ErrorType?: string;
  ErrorMessage?: string;
  /** Of a HANGUP. An addition of our own runtime (its option `exposeLegMedia`): Amazon's service never sends it. */
  LegMedia?: LegMedia;
}

export interface CallDetails {
  TransactionId: string;
  TransactionAttributes?: Record<string, string>;
  AwsAccountId: string;
  AwsRegion: string;
  /** Only for calls that entered through a SIP rule. */
  SipRuleId?: string;
  SipMediaApplicationId: string;
  Participants: Participant[];
}

export interface SmaEvent {
  SchemaVersion: string;
  /** Counts the invocations of one transaction, from 1; a retry repeats it. */
  Sequence: number;
  InvocationEventType: EventType;
  ActionData?: ActionData;
  CallDetails: CallDetails;
  /** Of INVALID_LAMBDA_RESPONSE, which has them at top level. */
  ErrorType?: string;
  ErrorMessage?: string;
}

/** The leg of that tag, if it is in the event. */
export function participant(event: SmaEvent, tag: LegTag): Participant | undefined {
  return event.CallDetails.Participants.find(leg => leg.ParticipantTag === tag);
}
