/** `osip_<Header-Name>` attributes: headers of a leg's INVITE. */
import { Problem } from '../../core/problem.ts';

export const OSIP_PREFIX = 'osip_';
export const MAX_NAME_CHARACTERS = 64;
export const MAX_VALUE_BYTES = 1_024;

/** RFC 3261 §25.1, `token`. */
const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not get in.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Headers that belong to the transaction, the dialog or the session (RFC 3261 §20), with their compact forms. */
export const RESERVED_HEADERS: ReadonlySet<string> = new Set(
  `via from to call-id cseq contact max-forwards route record-route content-length content-type content-encoding
   allow supported require proxy-require authorization proxy-authorization session-expires min-se rack rseq expires
   v f t i m l c e k x`.split(/\s+/),
);

export interface OsipHeader {
  attribute: string;
  name: string;
  value: string;
}

/** The headers that a leg asks for, checked. Throws Problem. */
export function headersOf(leg: string, attributes: Record<string, unknown>): OsipHeader[] {
  const seen = new Map<string, string>();
  return Object.entries(attributes)
    .filter(([attribute]) => attribute.startsWith(OSIP_PREFIX))
    .map(([attribute, value]) => {
      const field = `${leg}.${attribute}`;
      const refuse = (reason: string) => new Problem('invalid-parameter', `${field} ${reason}.`, { field });
      const name = attribute.slice(OSIP_PREFIX.length).trim();
      if (!TOKEN.test(name) || name.length > MAX_NAME_CHARACTERS) {
        throw refuse(
          `does not name a SIP header: a name has 1 to ${MAX_NAME_CHARACTERS} letters, digits or -.!%*_+\`'~`,
        );
      }
      if (RESERVED_HEADERS.has(name.toLowerCase()))
        throw refuse('names a header that the platform itself sets');
      const twin = seen.get(name.toLowerCase());
      if (twin !== undefined) throw refuse(`names the same header as ${leg}.${twin}`);
      seen.set(name.toLowerCase(), attribute);
      if (typeof value !== 'string' && typeof value !== 'number') throw refuse('must be a text or a number');
      const text = String(value);
      if (CONTROL.test(text)) throw refuse('must not contain line breaks or other control characters');
      if (!text.isWellFormed()) throw refuse('must not contain halves of characters');
      if (new TextEncoder().encode(text).length > MAX_VALUE_BYTES)
        throw refuse(`must have at most ${MAX_VALUE_BYTES} bytes`);
      return { attribute, name, value: text };
    });
}
