import { SCHEME, URI } from '../grammar/characters.ts';
import { Scanner } from '../grammar/scanner.ts';
import { readSipUri, type SipUri } from './sip-uri.ts';
import { readTelUri, type TelUri } from './tel-uri.ts';

/** A URI of a scheme that SIP carries but does not look into (`http`, `urn`, `isbn`, …). */
export class OpaqueUri {
  readonly kind = 'opaque';
  readonly scheme: string;
  /** What follows the colon, as it stood. */
  readonly rest: string;

  constructor(scheme: string, rest: string) {
    this.scheme = scheme.toLowerCase();
    this.rest = rest;
  }

  toString(): string {
    return `${this.scheme}:${this.rest}`;
  }

  /** Nothing is known of the scheme, so only the same text is the same URI. */
  equals(other: Uri): boolean {
    return other.kind === 'opaque' && other.scheme === this.scheme && other.rest === this.rest;
  }
}

export type Uri = SipUri | TelUri | OpaqueUri;

type SchemeReader = (scheme: string, scanner: Scanner) => Uri;

const readers: Readonly<Record<string, SchemeReader>> = {
  __proto__: null as never,
  sip: readSipUri,
  sips: readSipUri,
  tel: readTelUri,
};

const readOpaque: SchemeReader = (scheme, scanner) => {
  if (!/^[a-z]/i.test(scheme)) scanner.fail('A URI must begin with its scheme and a colon', 0);
  const rest = scanner.escapedRun(URI);
  if (rest === '') scanner.fail('Nothing follows the scheme of the URI');
  return new OpaqueUri(scheme, rest);
};

/**
 * Parses a whole `sip:`, `sips:` or `tel:` URI, or any other absolute URI (RFC 3261 §19.1, §25.1; RFC 3966).
 * @throws {SipSyntaxError} that points at the character in the way
 */
export function parseUri(text: string): Uri {
  const scanner = new Scanner(text);
  const scheme = scanner.run(SCHEME);
  if (scanner.text[scanner.position] !== ':') scanner.fail('A URI must begin with its scheme and a colon', 0);
  scanner.position += 1;
  const uri = (readers[scheme] ?? readers[scheme.toLowerCase()] ?? readOpaque)(scheme, scanner);
  if (!scanner.atEnd) scanner.fail('This character may not stand in a URI here');
  return uri;
}
