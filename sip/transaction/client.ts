import type { Clock } from '../clock.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { TransportError } from '../transport/errors.ts';
import type { Flow } from '../transport/transport.ts';
import type { BaseTimes } from './timers.ts';

/** Why a client transaction got no final response (RFC 3261 §8.1.3.1). */
export type TransactionFailure =
  | { readonly kind: 'timeout' }
  | { readonly kind: 'transport-error'; readonly error: TransportError };

/** What a client transaction tells its user. */
export interface ClientTransactionUser {
  /**
   * Every response but absorbed retransmissions, with the request that it answers; 2xx to an INVITE come as often as
   * they arrive.
   */
  response(response: SipResponse, request: SipRequest): void;
  /** No final response will come. */
  failed(failure: TransactionFailure): void;
}

/** The user of a transaction that only absorbs what is repeated. */
export const nobody: ClientTransactionUser = { response() {}, failed() {} };

/** What a client transaction is made of. */
export interface ClientTransactionOptions {
  /** Its name in its layer. */
  readonly key: string;
  /** The request with the Via that it will leave with, */
  readonly request: SipRequest;
  /** and as it leaves. */
  readonly bytes: Buffer;
  readonly flow: Flow;
  readonly clock: Clock;
  readonly times: BaseTimes;
  readonly user: ClientTransactionUser;
  /** Called once, in state Terminated. */
  readonly ended: (transaction: ClientTransaction) => void;
}

/** A client transaction as its layer sees it. */
export interface ClientTransaction {
  readonly key: string;
  readonly state: string;
  /** As it was sent. */
  readonly request: SipRequest;
  readonly flow: Flow;
  /** Sends the request for the first time. */
  start(): void;
  /** A response that matches. */
  receive(response: SipResponse): void;
  /** What still comes is for this user alone. */
  handOver(user: ClientTransactionUser): void;
  /** Its connection broke. Once a response has come, the next ones may come on another (RFC 3261 §18.2.2). */
  flowLost(error: TransportError): void;
  /** Ends it without a word to its user. */
  terminate(): void;
}
