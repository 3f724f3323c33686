import type { Clock } from '../clock.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { TransportError } from '../transport/errors.ts';
import type { Flow } from '../transport/transport.ts';
import type { BaseTimes } from './timers.ts';

/** A response that can be sent where RFC 3261 §18.2.2 says, again and again. */
export interface ReadyResponse {
  send(failed: (error: TransportError) => void): void;
}

/** Makes the response to a request that came on that flow ready. */
export type Responder = (response: SipResponse, flow: Flow) => ReadyResponse;

/** What a server transaction tells its user. */
export interface ServerTransactionUser {
  /**
   * INVITE: no ACK came for the final response (Timer H; for a 2xx: 64·T1 of retransmissions). Other methods: the
   * user has not answered while the client waited.
   */
  timeout?(): void;
  /** A response could not be sent. */
  transportError?(error: TransportError): void;
  /** The peer has cancelled this INVITE, which has no final response yet; the CANCEL itself has been answered. */
  cancelled?(cancel: SipRequest): void;
}

/** The user of a transaction that only absorbs what is repeated. */
export const silent: ServerTransactionUser = {};

/** What a server transaction is made of. */
export interface ServerTransactionOptions {
  /** Its name in its layer. */
  readonly key: string;
  /** The name that it shares with copies of its request; see `mergeKey`. */
  readonly mergeKey?: string | undefined;
  /** The request as it arrived, with received and rport in its Via. */
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly clock: Clock;
  readonly times: BaseTimes;
  readonly respond: Responder;
  /** Called once, in state Terminated. */
  readonly ended: (transaction: ServerTransaction) => void;
}

/** A server transaction as its layer and its user see it. */
export interface ServerTransaction {
  readonly key: string;
  readonly mergeKey: string | undefined;
  readonly state: string;
  readonly flow: Flow;
  user: ServerTransactionUser;
  /** Of the last response that was sent. */
  readonly lastStatus: number | undefined;
  /** The user's response. One after the final is refused silently: the first final stands. */
  respond(response: SipResponse): void;
  /** A retransmission of the request. */
  receive(request: SipRequest): void;
  /** Ends it without a word to its user. */
  terminate(): void;
}
