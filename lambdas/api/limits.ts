/** The API's own limits. */

/** A longer request body is refused. */
export const MAX_BODY_BYTES = 64 * 1024;
/** An Idempotency-Key has 1 to so many printable ASCII characters. */
export const MAX_IDEMPOTENCY_KEY_CHARACTERS = 255;
/** Calls of an account that are looked at for one page of a filtered list. */
export const MAX_CALLS_SCANNED = 5_000;
/** How often a leg may be sent an UPDATE at most, unless MIN_SIP_UPDATE_SECONDS says otherwise. */
export const DEFAULT_MIN_SIP_UPDATE_SECONDS = 30;
