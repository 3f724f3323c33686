import { Words } from '../grammar/words.ts';

/** What is known of a header field by its name. */
export interface HeaderName {
  /** The name as RFCs write it. */
  readonly name: string;
  /** The key that all spellings share: the full name in lower case. */
  readonly key: string;
  /** Whether a comma separates values in it (RFC 3261 §7.3.1). */
  readonly list: boolean;
  /** How a line of it begins. */
  readonly prefix: string;
  /** Its place in the registry, for tables; 0 where it is not there. */
  readonly index: number;
}

const UNKNOWN = 0;

/** Full name, compact form, and whether a comma separates values: RFC 3261 §20 and the IANA registry. */
const registry: readonly (readonly [name: string, compact: string, separated: 'list' | 'one'])[] = [
  ['Accept', '', 'list'],
  ['Accept-Contact', 'a', 'list'],
  ['Accept-Encoding', '', 'list'],
  ['Accept-Language', '', 'list'],
  ['Alert-Info', '', 'list'],
  ['Allow', '', 'list'],
  ['Allow-Events', 'u', 'list'],
  ['Authentication-Info', '', 'one'],
  ['Authorization', '', 'one'],
  ['Call-ID', 'i', 'one'],
  ['Call-Info', '', 'list'],
  ['Contact', 'm', 'list'],
  ['Content-Disposition', '', 'one'],
  ['Content-Encoding', 'e', 'list'],
  ['Content-Language', '', 'list'],
  ['Content-Length', 'l', 'one'],
  ['Content-Type', 'c', 'one'],
  ['CSeq', '', 'one'],
  ['Date', '', 'one'],
  ['Diversion', '', 'list'],
  ['Error-Info', '', 'list'],
  ['Event', 'o', 'one'],
  ['Expires', '', 'one'],
  ['From', 'f', 'one'],
  ['History-Info', '', 'list'],
  ['Identity', 'y', 'one'],
  ['In-Reply-To', '', 'list'],
  ['Info-Package', '', 'one'],
  ['Max-Forwards', '', 'one'],
  ['Min-Expires', '', 'one'],
  ['Min-SE', '', 'one'],
  ['MIME-Version', '', 'one'],
  ['Organization', '', 'one'],
  ['P-Access-Network-Info', '', 'list'],
  ['P-Asserted-Identity', '', 'list'],
  ['P-Charging-Vector', '', 'one'],
  ['P-Preferred-Identity', '', 'list'],
  ['Path', '', 'list'],
  ['Priority', '', 'one'],
  ['Privacy', '', 'one'],
  ['Proxy-Authenticate', '', 'one'],
  ['Proxy-Authorization', '', 'one'],
  ['Proxy-Require', '', 'list'],
  ['RAck', '', 'one'],
  ['Reason', '', 'list'],
  ['Record-Route', '', 'list'],
  ['Recv-Info', '', 'list'],
  ['Refer-Sub', '', 'one'],
  ['Refer-To', 'r', 'one'],
  ['Referred-By', 'b', 'one'],
  ['Reject-Contact', 'j', 'list'],
  ['Replaces', '', 'one'],
  ['Reply-To', '', 'one'],
  ['Request-Disposition', 'd', 'list'],
  ['Require', '', 'list'],
  ['Retry-After', '', 'one'],
  ['Route', '', 'list'],
  ['RSeq', '', 'one'],
  ['Server', '', 'one'],
  ['Service-Route', '', 'list'],
  ['Session-Expires', 'x', 'one'],
  ['SIP-ETag', '', 'one'],
  ['SIP-If-Match', '', 'one'],
  ['Subject', 's', 'one'],
  ['Subscription-State', '', 'one'],
  ['Supported', 'k', 'list'],
  ['Timestamp', '', 'one'],
  ['To', 't', 'one'],
  ['Unsupported', '', 'list'],
  ['User-Agent', '', 'one'],
  ['User-to-User', '', 'list'],
  ['Via', 'v', 'list'],
  ['Warning', '', 'list'],
  ['WWW-Authenticate', '', 'one'],
];

const nameOf = (name: string, list: boolean, index: number): HeaderName => ({
  name,
  key: name.toLowerCase(),
  list,
  prefix: `${name}: `,
  index,
});

/** The spellings that messages really carry. */
const spellingsOf = (known: HeaderName, compact: string): readonly string[] =>
  [known.name, known.key, known.name.toUpperCase(), compact, compact.toUpperCase()].filter(
    spelling => spelling !== '',
  );

const spellings = registry.flatMap(([name, compact, separated], at) => {
  const known = nameOf(name, separated === 'list', at + 1);
  return spellingsOf(known, compact).map(spelling => [spelling, known] as const);
});

/** A name that is a text of its own is found here in half the time. */
const bySpelling: ReadonlyMap<string, HeaderName> = new Map(spellings);
const words = new Words(spellings);

/** What is known of the header field whose name stands from `start` to `end` of `text`, spelled in a usual way. */
export const spelledHeader = (text: string, start: number, end: number): HeaderName | undefined =>
  words.find(text, start, end);

/** What is known of the header field `name`, in any case and in full or compact form (RFC 3261 §7.3.3). */
export const knownHeader = (name: string): HeaderName | undefined =>
  bySpelling.get(name) ?? bySpelling.get(name.toLowerCase());

/** The header field `name`, be it known or not. */
export const headerName = (name: string): HeaderName => knownHeader(name) ?? nameOf(name, false, UNKNOWN);

/** Whether both are names of the same header field. */
export const isSameHeader = (one: HeaderName, other: HeaderName): boolean =>
  one === other || (one.index === UNKNOWN && one.key === other.key);

/** A table by the `index` of header fields; what is not given, and every unknown header, is `missing`. */
export function byHeader<T>(entries: Iterable<readonly [name: string, value: T]>, missing: T): readonly T[] {
  const table: T[] = Array.from({ length: registry.length + 1 }, () => missing);
  for (const [name, value] of entries) table[headerName(name).index] = value;
  return table;
}
