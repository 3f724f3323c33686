import { isIn, PASSWORD, URI_HEADER, USER } from '../grammar/characters.ts';
import { SipInjectionError } from '../grammar/errors.ts';
import { uriSyntax } from '../grammar/param-syntax.ts';
import { Params } from '../grammar/params.ts';
import { Scanner } from '../grammar/scanner.ts';
import { percentDecode, percentEncode } from '../grammar/text.ts';
import { equalSipUris } from './compare.ts';
import { bracketHost, hostAddress, readHost, readPort } from './host.ts';
import type { Uri } from './uri.ts';

/** What a SIP URI is made of; `user`, `password` and headers are given as plain text and escaped when written. */
export interface SipUriParts {
  readonly scheme?: 'sip' | 'sips';
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly host: string;
  readonly port?: number | undefined;
  readonly params?: Params;
  readonly headers?: UriHeaders;
}

/** The headers that a URI asks for (`?name=value&…`, RFC 3261 §19.1.1), plain text, in order. */
export type UriHeaders = readonly (readonly [name: string, value: string])[];

const noHeaders: UriHeaders = [];

const keepUser = (code: number): boolean => isIn(USER, code);
const keepPassword = (code: number): boolean => isIn(PASSWORD, code);
const keepHeader = (code: number): boolean => isIn(URI_HEADER, code);

/** A `sip:` or `sips:` URI (RFC 3261 §19.1). Immutable; one that was read is written as it stood. */
export class SipUri {
  readonly kind = 'sip';
  readonly scheme: 'sip' | 'sips';
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** As it stands in the URI: an IPv6 address has its brackets. See `hostAddress`. */
  readonly host: string;
  readonly port: number | undefined;
  readonly params: Params;
  readonly headers: UriHeaders;
  #text: string | undefined;

  constructor(parts: SipUriParts, text?: string) {
    this.scheme = parts.scheme ?? 'sip';
    this.user = parts.user;
    this.password = parts.password;
    this.host = text === undefined ? checkedHost(parts.host) : parts.host;
    this.port = parts.port;
    this.params = parts.params === undefined ? Params.noneOfUri : Params.forUri(parts.params);
    this.headers = parts.headers ?? noHeaders;
    this.#text = text;
  }

  get secure(): boolean {
    return this.scheme === 'sips';
  }

  /** The host as a socket wants it: an IPv6 address without brackets. */
  get address(): string {
    return hostAddress(this.host);
  }

  /** The `transport` parameter in lower case. */
  get transport(): string | undefined {
    return this.params.get('transport')?.toLowerCase();
  }

  /** Whether it is the URI of a loose router (§16.12, §19.1.1). */
  get looseRouting(): boolean {
    return this.params.has('lr');
  }

  /** A copy with some parts replaced. */
  with(parts: Partial<SipUriParts>): SipUri {
    return new SipUri({ ...this.#parts(), ...parts });
  }

  #parts(): SipUriParts {
    const { scheme, user, password, host, port, params, headers } = this;
    return { scheme, user, password, host, port, params, headers };
  }

  toString(): string {
    this.#text ??= this.#write();
    return this.#text;
  }

  #write(): string {
    let text = `${this.scheme}:`;
    if (this.user !== undefined) {
      text += percentEncode(this.user, keepUser);
      if (this.password !== undefined) text += `:${percentEncode(this.password, keepPassword)}`;
      text += '@';
    }
    text += this.host;
    if (this.port !== undefined) text += `:${this.port}`;
    text += this.params.toString();
    this.headers.forEach(([name, value], index) => {
      text += `${index === 0 ? '?' : '&'}${percentEncode(name, keepHeader)}=${percentEncode(value, keepHeader)}`;
    });
    return text;
  }

  /** Whether both URIs mean the same by the rules of RFC 3261 §19.1.4, which are not transitive. */
  equals(other: Uri): boolean {
    return other.kind === 'sip' && equalSipUris(this, other);
  }
}

function checkedHost(host: string): string {
  const bracketed = bracketHost(host);
  const scanner = new Scanner(bracketed);
  readHost(scanner);
  if (!scanner.atEnd)
    throw new SipInjectionError('The host of a SIP URI', JSON.stringify(host[scanner.position]));
  return bracketed;
}

/** Reads what follows `sip:` or `sips:`. */
export function readSipUri(scheme: string, scanner: Scanner, start: number): SipUri {
  let user: string | undefined;
  let password: string | undefined;
  // An unescaped "@" may only end the user part, so the first one does.
  if (scanner.find('@') >= 0) {
    user = scanner.escapedRun(USER);
    if (user === '') scanner.fail('The user part of a SIP URI is empty');
    if (scanner.take(':')) password = scanner.escapedRun(PASSWORD);
    if (!scanner.take('@')) scanner.fail('This character must be escaped in the user part of a SIP URI');
  }
  const host = readHost(scanner);
  const port = readPort(scanner);
  const params = Params.read(scanner, uriSyntax);
  const headers = readHeaders(scanner);
  return new SipUri(
    {
      scheme: scheme as 'sip' | 'sips',
      user: user === undefined ? undefined : percentDecode(user),
      password: password === undefined ? undefined : percentDecode(password),
      host,
      port,
      params,
      headers,
    },
    scanner.text.slice(start, scanner.limit),
  );
}

function readHeaders(scanner: Scanner): UriHeaders {
  if (!scanner.take('?')) return noHeaders;
  const headers: [string, string][] = [];
  do {
    const name = scanner.escapedRun(URI_HEADER);
    if (name === '') scanner.fail('Expected the name of a URI header');
    if (!scanner.take('=')) scanner.fail('Expected "=" after the name of a URI header');
    headers.push([percentDecode(name), percentDecode(scanner.escapedRun(URI_HEADER))]);
  } while (scanner.take('&'));
  return headers;
}
