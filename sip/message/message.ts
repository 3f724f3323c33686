import { isAll, VISIBLE } from '../grammar/characters.ts';
import { SipSyntaxError } from '../grammar/errors.ts';
import { CALL_ID } from '../header/call-id.ts';
import { CONTENT_TYPE, type MediaType } from '../header/content-type.ts';
import { CSEQ, type CSeq } from '../header/cseq.ts';
import { CONTACT, FROM, type NameAddr, RECORD_ROUTE, ROUTE, TO } from '../header/name-addr.ts';
import { CONTENT_LENGTH, EXPIRES, MAX_FORWARDS } from '../header/number.ts';
import { ALLOW, REQUIRE, SUPPORTED } from '../header/token-list.ts';
import { VIA, type Via } from '../header/via.ts';
import { parseUri, type Uri } from '../uri/uri.ts';
import { SipParseError } from './errors.ts';
import { guardToken, guardValue } from './guard.ts';
import { Headers } from './headers.ts';

const noBody = new Uint8Array(0);

/**
 * What requests and responses share. The getters read a header when asked, keep what they read, and throw a
 * `SipParseError` that says where if it does not follow its grammar; an absent header is `undefined` or an empty list.
 */
abstract class Message {
  readonly headers: Headers;
  body: Uint8Array;

  constructor(headers: Headers, body: Uint8Array = noBody) {
    this.headers = headers;
    this.body = body;
  }

  abstract readonly isRequest: boolean;
  abstract readonly startLine: string;

  /** The topmost Via. */
  get via(): Via | undefined {
    return this.headers.read(VIA);
  }

  get vias(): readonly Via[] {
    return this.headers.readAll(VIA);
  }

  get from(): NameAddr | undefined {
    return this.headers.read(FROM);
  }

  get to(): NameAddr | undefined {
    return this.headers.read(TO);
  }

  get callId(): string | undefined {
    return this.headers.read(CALL_ID);
  }

  get cseq(): CSeq | undefined {
    return this.headers.read(CSEQ);
  }

  get contact(): NameAddr | undefined {
    return this.contacts[0];
  }

  /** Empty where Contact is `*`; see `contactIsStar`. */
  get contacts(): readonly NameAddr[] {
    return this.contactIsStar ? [] : this.headers.readAll(CONTACT);
  }

  /** Whether Contact is `*`, which a REGISTER uses to remove every binding (RFC 3261 §10.2.2). */
  get contactIsStar(): boolean {
    return this.headers.field('Contact')?.value === '*';
  }

  get maxForwards(): number | undefined {
    return this.headers.read(MAX_FORWARDS);
  }

  get routes(): readonly NameAddr[] {
    return this.headers.readAll(ROUTE);
  }

  get recordRoutes(): readonly NameAddr[] {
    return this.headers.readAll(RECORD_ROUTE);
  }

  /** What the header says, in bytes; the truth is `body.length`. */
  get contentLength(): number | undefined {
    return this.headers.read(CONTENT_LENGTH);
  }

  get contentType(): MediaType | undefined {
    return this.headers.read(CONTENT_TYPE);
  }

  /** In seconds. */
  get expires(): number | undefined {
    return this.headers.read(EXPIRES);
  }

  get allow(): readonly string[] {
    return this.headers.readAll(ALLOW);
  }

  get supported(): readonly string[] {
    return this.headers.readAll(SUPPORTED);
  }

  get require(): readonly string[] {
    return this.headers.readAll(REQUIRE);
  }
}

/** A request (RFC 3261 §7.1). */
export class SipRequest extends Message {
  readonly isRequest = true;
  readonly version = 'SIP/2.0';
  readonly method: string;
  #uri: string;
  #requestUri: Uri | undefined;

  constructor(method: string, uri: string, headers: Headers = new Headers(), body?: Uint8Array) {
    super(headers, body);
    this.method = guardToken(method, 'A method');
    this.#uri = guardUri(uri);
  }

  /** The Request-URI as on the wire. */
  get uri(): string {
    return this.#uri;
  }

  set uri(uri: string) {
    this.#uri = guardUri(uri);
    this.#requestUri = undefined;
  }

  /** The Request-URI. @throws {SipParseError} where it does not follow its grammar */
  get requestUri(): Uri {
    this.#requestUri ??= parseRequestUri(this.method, this.#uri);
    return this.#requestUri;
  }

  get startLine(): string {
    return `${this.method} ${this.#uri} SIP/2.0`;
  }

  /** A copy with its own list of headers; the fields and the body are shared. */
  clone(): SipRequest {
    return new SipRequest(this.method, this.#uri, this.headers.clone(), this.body);
  }
}

/** A response (RFC 3261 §7.2). */
export class SipResponse extends Message {
  readonly isRequest = false;
  readonly version = 'SIP/2.0';
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, headers: Headers = new Headers(), body?: Uint8Array) {
    super(headers, body);
    if (!Number.isInteger(status) || status < 100 || status > 699) {
      throw new RangeError(`A SIP status is a number from 100 to 699, not ${status}.`);
    }
    this.status = status;
    this.reason = guardValue(reason, 'A reason phrase');
  }

  get startLine(): string {
    return `SIP/2.0 ${this.status} ${this.reason}`;
  }

  clone(): SipResponse {
    return new SipResponse(this.status, this.reason, this.headers.clone(), this.body);
  }
}

export type SipMessage = SipRequest | SipResponse;

function guardUri(uri: string): string {
  if (isAll(VISIBLE, uri)) return uri;
  guardValue(uri, 'A Request-URI');
  if (uri === '' || /\s/.test(uri)) guardToken('', 'A Request-URI');
  return uri;
}

function parseRequestUri(method: string, uri: string): Uri {
  try {
    return parseUri(uri);
  } catch (error) {
    if (!(error instanceof SipSyntaxError)) throw error;
    const offset = method.length + 1 + error.position;
    throw new SipParseError(
      `Request-URI: ${error.reason}`,
      { offset, line: 1, column: offset + 1 },
      { cause: error },
    );
  }
}
