/** Where a dialled text leads to. */
export type Destination =
  /** The telephone network. */
  | { kind: 'pstn'; number: string }
  /** A SIP address: the SIP edge's to dial. */
  | { kind: 'sip'; uri: string }
  /** Nothing that this deployment can dial. */
  | { kind: 'unknown' };

/** E.164: a plus, a country code that does not begin with 0, at most 15 digits. */
export const E164 = /^\+[1-9]\d{1,14}$/;

const SIP_URI = /^sips?:/i;

export function destination(text: string): Destination {
  if (E164.test(text)) return { kind: 'pstn', number: text };
  return SIP_URI.test(text) ? { kind: 'sip', uri: text } : { kind: 'unknown' };
}
