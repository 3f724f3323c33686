/** Which headers an account may put into an INVITE. */

export const MAX_HEADER_NAME_CHARACTERS = 64;
export const MAX_HEADER_VALUE_BYTES = 1_024;

/** RFC 3261 §25.1, `token`. */
const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not get in.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Headers that belong to the transaction, the dialog or the session (RFC 3261 §20), with their compact forms. */
export const RESERVED_SIP_HEADERS: ReadonlySet<string> = new Set(
  `via from to call-id cseq contact max-forwards route record-route content-length content-type content-encoding
   allow supported require proxy-require authorization proxy-authorization session-expires min-se rack rseq expires
   v f t i m l c e k x`.split(/\s+/),
);

/** The platform's own, by which it knows its calls again. */
const OWN = /^x-dialplane/i;

/** Headers that tell, or hide, who calls (RFC 3325, RFC 3323, RFC 5876). */
export const IDENTITY_HEADERS: ReadonlySet<string> = new Set([
  'p-asserted-identity',
  'p-preferred-identity',
  'privacy',
  'remote-party-id',
]);

/** What is wrong with a header, as the end of a sentence; undefined for one that can be sent. */
export function headerFault(name: string, value: string): string | undefined {
  if (!TOKEN.test(name) || name.length > MAX_HEADER_NAME_CHARACTERS)
    return `does not name a SIP header: a name has 1 to ${MAX_HEADER_NAME_CHARACTERS} letters, digits or -.!%*_+\`'~`;
  if (RESERVED_SIP_HEADERS.has(name.toLowerCase()) || OWN.test(name))
    return 'names a header that the platform itself sets';
  if (CONTROL.test(value)) return 'must not contain line breaks or other control characters';
  if (!value.isWellFormed()) return 'must not contain halves of characters';
  if (new TextEncoder().encode(value).length > MAX_HEADER_VALUE_BYTES)
    return `must have at most ${MAX_HEADER_VALUE_BYTES} bytes`;
  return undefined;
}
