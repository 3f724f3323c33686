/** Requests of the `chime-sdk-voice` API (version 2022-08-03) that the runtime serves; the id in the path is a field here. */

export interface CreateCallRequest {
  SipMediaApplicationId: string;
  FromPhoneNumber: string;
  ToPhoneNumber: string;
  /** Headers of the INVITE. They are in no event of the call. */
  SipHeaders?: Record<string, string>;
  /** Comes back in NEW_OUTBOUND_CALL as `ActionData.Parameters.Arguments`. */
  ArgumentsMap?: Record<string, string>;
}

export interface UpdateCallRequest {
  SipMediaApplicationId: string;
  TransactionId: string;
  /** Comes back in CALL_UPDATE_REQUESTED as `ActionData.Parameters.Arguments`. */
  Arguments: Record<string, string>;
}

export interface CallAnswer {
  SipMediaApplicationCall: { TransactionId: string };
}
