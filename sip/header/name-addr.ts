import { isIn, TOKEN } from '../grammar/characters.ts';
import { Params } from '../grammar/params.ts';
import { quote, unquote } from '../grammar/quoting.ts';
import type { Scanner } from '../grammar/scanner.ts';
import { readUri, type Uri } from '../uri/uri.ts';
import { HeaderType } from './type.ts';

export interface NameAddrParts {
  /** Plain text; it is quoted when written. */
  readonly displayName?: string | undefined;
  readonly uri: Uri;
  /** Parameters of the header, outside the angle brackets. */
  readonly params?: Params;
}

/** A name-addr or addr-spec with parameters: From, To, Contact, Route, … (RFC 3261 §20.10, §25.1). Immutable. */
export class NameAddr {
  readonly displayName: string | undefined;
  readonly uri: Uri;
  readonly params: Params;

  constructor(parts: NameAddrParts) {
    this.displayName = parts.displayName;
    this.uri = parts.uri;
    this.params = parts.params === undefined ? Params.none : Params.forHeader(parts.params);
  }

  get tag(): string | undefined {
    return this.params.get('tag');
  }

  /** A copy with some parts replaced. */
  with(parts: Partial<NameAddrParts>): NameAddr {
    const { displayName, uri, params } = this;
    return new NameAddr({ displayName, uri, params, ...parts });
  }

  /** A copy with the parameter set, or made a flag where `value` is left out. */
  withParam(name: string, value?: string | number): NameAddr {
    return this.with({ params: this.params.with(name, value) });
  }

  /** Always with angle brackets, so that no parameter can change sides. */
  toString(): string {
    const name = this.displayName === undefined ? '' : `${quote(this.displayName)} `;
    return `${name}<${this.uri.toString()}>${this.params.toString()}`;
  }
}

/** Where an addr-spec without angle brackets ends: what follows belongs to the header (RFC 3261 §20). */
const bareEnd = /[\s;,?<>"]|$/g;

/** Reads one name-addr or addr-spec with its parameters. */
export function readNameAddr(scanner: Scanner): NameAddr {
  const displayName = readDisplayName(scanner);
  if (scanner.at('<')) {
    const close = scanner.find('>');
    if (close < 0) scanner.fail('An angle bracket is not closed');
    scanner.position += 1;
    const uri = readUri(scanner, close);
    scanner.position = close + 1;
    return new NameAddr({ displayName, uri, params: Params.read(scanner) });
  }
  if (displayName !== undefined) scanner.fail('Expected "<" after the display name');
  bareEnd.lastIndex = scanner.position;
  const end = Math.min(bareEnd.exec(scanner.text)?.index ?? scanner.limit, scanner.limit);
  const uri = readUri(scanner, end);
  if (scanner.at('?')) scanner.fail('A URI with "?" must stand in angle brackets');
  return new NameAddr({ uri, params: Params.read(scanner) });
}

function readDisplayName(scanner: Scanner): string | undefined {
  if (scanner.at('"')) {
    const name = unquote(scanner.quoted('a display name'));
    scanner.skipSpace();
    return name;
  }
  const start = scanner.position;
  while (isIn(TOKEN, scanner.next) || scanner.at(' ') || scanner.at('\t')) scanner.position += 1;
  if (scanner.position === start) return undefined;
  if (!scanner.at('<')) {
    scanner.position = start;
    return undefined;
  }
  const name = scanner
    .since(start)
    .trim()
    .replace(/[ \t]+/g, ' ');
  return name === '' ? undefined : name;
}

const nameAddrHeader = (name: string) => new HeaderType(name, readNameAddr, { of: NameAddr });

export const FROM = nameAddrHeader('From');
export const TO = nameAddrHeader('To');
export const CONTACT = nameAddrHeader('Contact');
export const ROUTE = nameAddrHeader('Route');
export const RECORD_ROUTE = nameAddrHeader('Record-Route');
/** RFC 3327. */
export const PATH = nameAddrHeader('Path');
/** RFC 3608. */
export const SERVICE_ROUTE = nameAddrHeader('Service-Route');
/** RFC 3325 §9.1, §9.2. */
export const P_ASSERTED_IDENTITY = nameAddrHeader('P-Asserted-Identity');
export const P_PREFERRED_IDENTITY = nameAddrHeader('P-Preferred-Identity');
/** RFC 5806: parameters `reason`, `counter`, `limit`, `privacy`, `screen`. */
export const DIVERSION = nameAddrHeader('Diversion');
/** RFC 7044: parameters `index`, `rc`, `mp`, `np`. */
export const HISTORY_INFO = nameAddrHeader('History-Info');
/** RFC 3515. */
export const REFER_TO = nameAddrHeader('Refer-To');
/** RFC 3892. */
export const REFERRED_BY = nameAddrHeader('Referred-By');
export const REPLY_TO = nameAddrHeader('Reply-To');
