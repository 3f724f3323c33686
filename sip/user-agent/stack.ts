import type { Clock } from '../clock.ts';
import type { Addressed } from '../dialog/dialog.ts';
import type { NameAddr } from '../header/name-addr.ts';
import type { SipRequest } from '../message/message.ts';
import type { Random } from '../random.ts';
import type { Resolver } from '../resolve/resolver.ts';
import type { SentAck } from '../session/acknowledging.ts';
import type { Session } from '../session/session.ts';
import type { TransactionLayer } from '../transaction/layer.ts';
import type { BaseTimes } from '../transaction/timers.ts';
import type { Departure } from '../transport/layer.ts';
import type { Flow, Target, Transport } from '../transport/transport.ts';
import type { ClientRequest, ClientRequestOptions } from './client-request.ts';

/** How an ACK is sent. */
export interface AckOptions {
  /** It leaves no earlier than this. */
  readonly after: Promise<unknown> | undefined;
  /** The listener to leave by, where it fits the target. */
  readonly transport: Transport | undefined;
  /** Hears, at once or later, that there is nowhere to send it. */
  readonly failed: () => void;
}

/** What sessions and requests need of the agent that they belong to. */
export interface Stack {
  readonly clock: Clock;
  readonly random: Random;
  readonly times: BaseTimes;
  readonly resolver: Resolver;
  readonly transactions: TransactionLayer;
  /** Hears of errors that no caller can catch. */
  readonly report: (error: unknown) => void;
  /** A tag, branch or Call-ID part that nobody can guess. */
  token(): string;
  /** A copy of the request with all that depends on its target; `contactUser` in place of the agent's. @throws TransportError */
  depart(
    request: SipRequest,
    target: Target,
    preferred?: Transport,
    contactUser?: string,
  ): Departure | Promise<Departure>;
  /** Our Contact towards the peer of a flow; `user` in place of the agent's. */
  contactOn(flow: Flow, secure: boolean, user?: string): NameAddr;
  /** Sends a request until its final response. */
  send(addressed: Addressed, options: ClientRequestOptions): ClientRequest;
  /** A request that was sent has its final response, or will get none. */
  ended(request: ClientRequest): void;
  /** Sends the ACK of a 2xx, outside any transaction (RFC 3261 §13.2.2.4). */
  sendAck(addressed: Addressed, options: AckOptions): SentAck;
  /** From now on, requests of its dialog come to the session. */
  add(session: Session): void;
  remove(session: Session): void;
}
