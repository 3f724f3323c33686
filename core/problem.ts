/** What can be wrong with a request, in no dialect's words. Each dialect has a table that says it in its own. */
export type ProblemKind =
  | 'unauthorized'
  | 'unknown-route'
  | 'method-not-allowed'
  | 'malformed-body'
  | 'unsupported-media-type'
  | 'body-too-large'
  | 'missing-parameter'
  | 'invalid-parameter'
  | 'unknown-parameter'
  | 'invalid-document'
  | 'unknown-call'
  | 'unknown-number'
  | 'unknown-resource'
  | 'conflict'
  | 'limit-reached'
  | 'caller-id-not-owned'
  | 'no-caller-id'
  | 'unroutable'
  | 'wrong-state'
  /** It takes the SIP edge, and the call does not pass it. */
  | 'out-of-reach'
  /** It has ended: nothing can be changed about it any more. */
  | 'call-over'
  | 'not-finished'
  | 'invalid-page'
  | 'idempotency-mismatch'
  | 'too-many-requests'
  | 'internal';

export interface ProblemDetails {
  /** The parameter that it is about, as its sender calls it. */
  field?: string;
  /** The dialect's own number, where a dialect's check knows a better one than its table has for the kind. */
  code?: number;
  cause?: unknown;
}

/** A request that cannot be served. Its message is for whoever sent it: what was wrong, and what to do. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly field?: string;
  readonly code?: number;

  constructor(kind: ProblemKind, message: string, { field, code, cause }: ProblemDetails = {}) {
    super(message, { cause });
    this.name = 'Problem';
    this.kind = kind;
    if (field !== undefined) this.field = field;
    if (code !== undefined) this.code = code;
  }
}
