import { CSeq } from '../header/cseq.ts';
import { TO } from '../header/name-addr.ts';
import { headerName } from '../header/names.ts';
import type { Uri } from '../uri/uri.ts';
import { Headers, type HeaderValue } from './headers.ts';
import { SipRequest, SipResponse } from './message.ts';
import { reasonPhrase } from './reasons.ts';

/** Headers as pairs, which keep their order and may repeat a name, or as an object. */
export type HeaderInit =
  | Iterable<readonly [name: string, value: HeaderValue | readonly HeaderValue[]]>
  | Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>;

interface BodyInit {
  /** Any further headers, after the named ones. */
  readonly headers?: HeaderInit | undefined;
  readonly contact?: HeaderValue | readonly HeaderValue[] | undefined;
  readonly contentType?: HeaderValue | undefined;
  readonly body?: Uint8Array | string | undefined;
}

export interface RequestInit extends BodyInit {
  readonly method: string;
  readonly uri: string | Uri;
  /** Left out where the transaction layer adds it. */
  readonly via?: HeaderValue | readonly HeaderValue[] | undefined;
  readonly from: HeaderValue;
  readonly to: HeaderValue;
  readonly callId: string;
  /** The sequence number; the method is that of the request. */
  readonly cseq: number;
  /** 70 unless told (RFC 3261 §8.1.1.6). */
  readonly maxForwards?: number | undefined;
  readonly routes?: readonly HeaderValue[] | undefined;
}

/**
 * Makes a request with the headers that every request has (RFC 3261 §8.1.1). Content-Length is written when the
 * message is serialised.
 */
export function createRequest(init: RequestInit): SipRequest {
  const headers = new Headers();
  const request = new SipRequest(init.method, init.uri.toString(), headers, bytesOf(init.body));
  if (init.via !== undefined) headers.append('Via', init.via);
  headers.append('Max-Forwards', init.maxForwards ?? 70);
  if (init.routes !== undefined) headers.append('Route', init.routes);
  headers
    .append('From', init.from)
    .append('To', init.to)
    .append('Call-ID', init.callId)
    .append('CSeq', new CSeq(init.cseq, init.method));
  addOptional(headers, init);
  return request;
}

export interface ResponseInit extends BodyInit {
  /** Added to To if it has no tag; a 100 gets none unless the request had one (RFC 3261 §8.2.6.2). */
  readonly toTag?: string | undefined;
}

/** What a response repeats of its request. */
const repeated = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map(headerName);
const repeatedInDialog = ['Via', 'Record-Route', 'From', 'To', 'Call-ID', 'CSeq'].map(headerName);
const timestamp = headerName('Timestamp');

/**
 * Makes the response to a request: Via, From, To, Call-ID and CSeq come from it unchanged, and Timestamp into a 100
 * (RFC 3261 §8.2.6); so does Record-Route into a response that may form a dialog (§12.1.1). Works on what could be
 * salvaged from a malformed request, too.
 */
export function createResponse(
  request: SipRequest,
  status: number,
  reason?: string,
  init: ResponseInit = {},
): SipResponse {
  const headers = new Headers();
  const response = new SipResponse(status, reason ?? reasonPhrase(status), headers, bytesOf(init.body));
  const mayFormDialog = status > 100 && status < 300;
  for (const header of mayFormDialog ? repeatedInDialog : repeated) headers.copy(header, request.headers);
  if (status === 100) headers.copy(timestamp, request.headers);
  else if (init.toTag !== undefined) addToTag(headers, init.toTag);
  addOptional(headers, init);
  return response;
}

function addToTag(headers: Headers, tag: string): void {
  if (headers.has('To') && !hasTag(headers)) headers.extend('To', `;tag=${tag}`);
}

function hasTag(headers: Headers): boolean {
  try {
    return headers.read(TO)?.tag !== undefined;
  } catch {
    // A To that cannot be read is still to be answered with 400.
    return /;\s*tag\s*=/i.test(headers.get('To') ?? '');
  }
}

function addOptional(headers: Headers, init: BodyInit): void {
  if (init.contact !== undefined) headers.append('Contact', init.contact);
  if (init.headers !== undefined) addAll(headers, init.headers);
  if (init.contentType !== undefined) headers.append('Content-Type', init.contentType);
}

function addAll(headers: Headers, more: HeaderInit): void {
  if (isIterable(more)) for (const pair of more) headers.append(pair[0], pair[1]);
  else for (const name of Object.keys(more)) headers.append(name, more[name] as HeaderValue);
}

const isIterable = (headers: HeaderInit): headers is Extract<HeaderInit, Iterable<unknown>> =>
  Symbol.iterator in headers;

const bytesOf = (body: Uint8Array | string | undefined): Uint8Array | undefined =>
  typeof body === 'string' ? Buffer.from(body) : body;
