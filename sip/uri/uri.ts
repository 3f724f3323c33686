import { SCHEME, URI } from '../grammar/characters.ts';
import { Scanner } from '../grammar/scanner.ts';
import { lowerCase } from '../grammar/text.ts';
import { Words } from '../grammar/words.ts';
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

interface Scheme {
  /** Lower case. */
  readonly name: string;
  /** Reads what follows the scheme and its colon; the URI began at `start`. */
  readonly read: (scheme: string, scanner: Scanner, start: number) => Uri;
}

const schemes: ReadonlyMap<string, Scheme> = new Map(
  [
    { name: 'sip', read: readSipUri },
    { name: 'sips', read: readSipUri },
    { name: 'tel', read: readTelUri },
  ].map(scheme => [scheme.name, scheme]),
);
const spelledUsually = new Words(schemes);

/** The scheme from `start` to the scanner's position. */
function schemeSince(start: number, scanner: Scanner): Scheme {
  const usual = spelledUsually.find(scanner.text, start, scanner.position);
  if (usual !== undefined) return usual;
  const name = lowerCase(scanner.since(start));
  return schemes.get(name) ?? { name, read: readOpaque };
}

const NO_SCHEME = 'A URI must begin with its scheme and a colon';

function readOpaque(scheme: string, scanner: Scanner, start: number): OpaqueUri {
  if (!/^[a-z]/i.test(scheme)) scanner.fail(NO_SCHEME, start);
  const rest = scanner.escapedRun(URI);
  if (rest === '') scanner.fail('Nothing follows the scheme of the URI');
  return new OpaqueUri(scheme, rest);
}

/**
 * Parses a whole `sip:`, `sips:` or `tel:` URI, or any other absolute URI (RFC 3261 §19.1, §25.1; RFC 3966).
 * @throws {SipSyntaxError} that points at the character in the way
 */
export function parseUri(text: string): Uri {
  return readUri(new Scanner(text), text.length);
}

/** Reads the URI that goes on to `end`. @throws {SipSyntaxError} */
export function readUri(scanner: Scanner, end: number): Uri {
  const { position: start, limit } = scanner;
  scanner.limit = end;
  scanner.skip(SCHEME);
  const scheme = schemeSince(start, scanner);
  if (!scanner.take(':')) scanner.fail(NO_SCHEME, start);
  const uri = scheme.read(scheme.name, scanner, start);
  if (!scanner.atEnd) scanner.fail('This character may not stand in a URI here');
  scanner.limit = limit;
  return uri;
}
