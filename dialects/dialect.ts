/**
 * What a dialect is: how its requests, documents and callbacks read and are signed. Data and pure functions; a fifth
 * dialect is a folder that fills this in.
 */
import type { Call, WebTarget } from '../core/call.ts';
import type { DocumentRequest, Notification, RequestPurpose } from '../core/document.ts';
import type { CallEvent } from '../core/event.ts';
import type { OperationName, Operations } from '../core/operation.ts';
import type { Problem } from '../core/problem.ts';
import type { Verb } from '../core/verb.ts';
import type { ApiDescription, Description, SameAs } from './description.ts';

export type Pairs = [name: string, value: string][];

/** An API request, decoded as far as every dialect does it. */
export interface ApiRequest {
  method: string;
  /** As it came, without the query. */
  path: string;
  /** What the route's `{name}` places held, percent-decoded. */
  params: Record<string, string>;
  query: Pairs;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** A form's fields in their order; empty for anything else. */
  form: Pairs;
  /** A JSON body, parsed; undefined for anything else. */
  json: unknown;
  accountSid: string;
  /** By which it is known in the operator's logs. */
  requestId: string;
  nowMs: number;
}

export interface ApiAnswer {
  status: number;
  headers?: Record<string, string>;
  /** Sent as JSON when it is an object, as it is when it is a string; undefined for an empty body. */
  body?: unknown;
}

/** A request to a customer's server, ready to be sent. */
export interface WebRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** What it says, for the record that is kept of it. */
  parameters: Record<string, unknown>;
}

/** One line of a dialect's route table. `path` has `{name}` places. */
export interface Route<O extends OperationName = OperationName> {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  operation: O;
  /** What the OpenAPI document says of it: see `description.ts`. */
  describes: Description | SameAs;
  /** Throws Problem for whatever is wrong with the request. */
  decode(request: ApiRequest): Operations[O]['input'];
  encode(result: Operations[O]['result'], request: ApiRequest): ApiAnswer;
}

/** Keeps input and result of one route together; a route table holds many kinds. */
export function route<O extends OperationName>(line: Route<O>): Route {
  return line as unknown as Route;
}

export interface Signed {
  /** The account's auth token. */
  authToken: string;
  accountSid: string;
  /** 20 decimal digits that nobody can guess, new with each request. */
  nonce: string;
  nowMs: number;
}

export interface DocumentQuestion extends Signed, Pick<DocumentRequest, 'purpose' | 'call' | 'facts'> {
  target: WebTarget;
  /** Of a fallback request: what went wrong with the one before. */
  failure?: { code: number; url: string };
}

export interface CallbackQuestion extends Signed {
  target: WebTarget;
  event: CallEvent;
  /** The call that it is about, as the event tells it. */
  call: Call;
  /** The call that dialled it; itself if none did. */
  root: Call;
}

export interface ParsedDocument {
  verbs: Verb[];
  notifications: Notification[];
}

/** A document that cannot be carried out; `code` is the dialect's own. */
export class DocumentError extends Error {
  readonly code: number;

  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DocumentError';
    this.code = code;
  }
}

/** What was wrong with a document: its server's numbers are those of web/errors.ts, all others those of the dialect's `parse`. */
export interface DocumentFault {
  reason: 'unreachable' | 'invalid';
  code: number;
  /** Of the answer, where that was no 2xx. */
  httpStatus?: number;
}

/** What kept a document from coming: no connection, no answer in time, or a status of that kind. */
export type RetryCause = 'connect' | 'read' | '4xx' | '5xx';

/** When the URL of a document is asked once more. */
export interface RetryRule {
  /** Requests in all, at most. */
  tries: number;
  /** Anything else is not tried again: an answer that broke off, say. */
  on: readonly RetryCause[];
  /** Milliseconds for all of them together, where the platform gives them more. */
  withinMs?: number;
}

/** A dialect's documents. `maxBytes` is what its platform takes. */
export interface Documents {
  maxBytes: number;
  /** Which requests ask their fallback when they fail. */
  fallsBack: readonly RequestPurpose[];
  /** How long a server may say nothing, in milliseconds, where its URL says nothing else. */
  readMs?: number;
  /** When audio is asked for again; without it it is asked for once. */
  audioRetries?: RetryRule;
  /** What a URL's owner wants tried again; without it each URL is asked once. */
  retriesOf?(target: WebTarget, request: Pick<DocumentRequest, 'purpose' | 'target'>): RetryRule;
  /** The request for a document. */
  ask(question: DocumentQuestion): WebRequest;
  /**
   * The answer → verbs, with every URL in it absolute. Throws DocumentError.
   * @param source `url` is where it came from; undefined for an inline document.
   */
  parse(source: { body: string; contentType?: string; url?: string; nowMs: number }): ParsedDocument;
  /** Its own number of a fault; without it, that by which the fault is known to all. */
  codeOf?(fault: DocumentFault, purpose: RequestPurpose): number;
}

/** What a customer's server is told of an event. */
export type Callback = (question: CallbackQuestion) => WebRequest;

/** What is known of a request that cannot be served. */
export interface ProblemRequest {
  method: string;
  path: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  /** By which the platform's own log knows it. */
  requestId: string;
}

/** The side that customers ask. */
export interface HttpApi {
  name: string;
  routes: readonly Route[];
  /** What the OpenAPI document says of all of it. */
  describes: ApiDescription;
  /** A problem in this API's words. */
  problem(problem: Problem, request: ProblemRequest): ApiAnswer;
}

export interface Dialect extends HttpApi {
  callback: Callback;
  documents?: Documents;
}
