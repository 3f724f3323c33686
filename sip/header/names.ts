/** What is known of a header field by its name. */
export interface HeaderName {
  /** The name as RFCs write it. */
  readonly name: string;
  /** The key that all spellings share: the full name in lower case. */
  readonly key: string;
  /** Whether a comma separates values in it (RFC 3261 §7.3.1). */
  readonly list: boolean;
}

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

/** The spellings that messages really carry, so that the usual name costs one look-up. */
const spellings = new Map<string, HeaderName>();
for (const [name, compact, separated] of registry) {
  const known: HeaderName = { name, key: name.toLowerCase(), list: separated === 'list' };
  for (const spelling of [name, known.key, name.toUpperCase(), compact, compact.toUpperCase()]) {
    if (spelling !== '') spellings.set(spelling, known);
  }
}

/** What is known of a header field that is spelled in a usual way; one look-up, no case folding. */
export const spelledHeader = (name: string): HeaderName | undefined => spellings.get(name);

/** What is known of the header field `name`, in any case and in full or compact form (RFC 3261 §7.3.3). */
export const knownHeader = (name: string): HeaderName | undefined =>
  spellings.get(name) ?? spellings.get(name.toLowerCase());

/** The key under which all spellings of `name` are the same. */
export const headerKey = (name: string): string => knownHeader(name)?.key ?? name.toLowerCase();
