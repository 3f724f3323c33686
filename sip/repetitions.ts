/**
 * How often one request is sent again because whoever got it wants it otherwise; then the refusal is final. Enough for
 * every proxy of a chain to ask for something of its own, and an end where somebody asks for ever.
 */
export const mostRepetitions = {
  /** With other credentials, after 401 and 407, in whatever realm (RFC 3261 §22.2). */
  challenged: 5,
  /** With a longer session interval, after 422 (RFC 4028 §7.3). */
  intervalTooSmall: 3,
} as const;
