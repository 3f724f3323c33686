/** The service's limits. Each is fixed by the service unless its name begins with `DEFAULT_QUOTA`. */

export const MAX_ACTIONS_PER_RESPONSE = 10;
export const MAX_INVOCATIONS_PER_CALL = 1_000;
/** The service invokes the function again when it has not answered by then. */
export const INVOCATION_RETRY_MS = 5_000;
/** The service ends the call when no attempt has answered by then. */
export const INVOCATION_LIMIT_MS = 20_000;

export const MAX_SPEAK_CHARACTERS = 1_000;
export const MIN_PAUSE_MS = 100;
export const MAX_PAUSE_MS = 30_000;
export const MIN_CALL_TIMEOUT_SECONDS = 1;
export const MAX_CALL_TIMEOUT_SECONDS = 120;
export const DEFAULT_CALL_TIMEOUT_SECONDS = 30;
export const MAX_SEND_DIGITS = 50;
export const MIN_TONE_MS = 50;
export const MAX_TONE_MS = 24_000;
export const DEFAULT_TONE_MS = 250;
/** What a `,` in SendDigits is worth. */
export const DIGIT_PAUSE_MS = 500;
export const MAX_DIGITS = 128;
export const MAX_WAV_BYTES = 50 * 1024 * 1024;

/** Current limit and the older one that the service's own error text still names. */
export const MAX_TRANSACTION_ATTRIBUTES = 100;
export const MAX_TRANSACTION_ATTRIBUTES_NAMED_IN_ERROR = 10;
export const MAX_TRANSACTION_ATTRIBUTES_BYTES = 20 * 1024;

export const MAX_SIP_HEADERS = 20;
export const MAX_SIP_HEADER_CHARACTERS = 2_048;
export const MAX_ARGUMENTS = 20;
/** User part towards a Voice Connector; older pages of the service say 30, so stay at or under that. */
export const MAX_ENDPOINT_URI_CHARACTERS = 36;
export const SAFE_ENDPOINT_URI_CHARACTERS = 30;

/** An inbound call that nobody does anything with is refused after this. */
export const UNANSWERED_LIMIT_MS = 30_000;

export const DEFAULT_QUOTA_CONCURRENT_LEGS = 10;
export const DEFAULT_QUOTA_CREATE_CALLS_PER_SECOND = 1;
export const DEFAULT_QUOTA_UPDATE_CALLS_PER_SECOND = 5;

/** What the service takes for a phone number (API model). */
export const E164 = /^\+?[1-9]\d{1,14}$/;
/** SIP response codes that Hangup may name. */
export const HANGUP_SIP_CODES: readonly number[] = [0, 480, 486];
