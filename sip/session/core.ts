import type { Addressed, Dialog, InDialogRequest } from '../dialog/dialog.ts';
import { SessionError } from '../dialog/errors.ts';
import type { OfferAnswer } from '../dialog/offer-answer.ts';
import type { DigestClient } from '../digest/client.ts';
import { readableList } from '../header/readable.ts';
import { ALLOW } from '../header/token-list.ts';
import type { SipMessage, SipResponse } from '../message/message.ts';
import type { SessionTimer } from '../session-timer/session-timer.ts';
import type { Transport } from '../transport/transport.ts';
import type { ClientRequest, RequestFailure, RequestHandlers } from '../user-agent/client-request.ts';
import type { Stack } from '../user-agent/stack.ts';
import type { SentAck } from './acknowledging.ts';
import type { IncomingOffer } from './incoming-offer.ts';
import { type ExchangeMethod, OpenExchanges } from './open-exchanges.ts';

/** What the parts of a session tell the whole. */
export interface SessionHooks {
  /** The peer offers something that needs an answer, or asks for our offer. */
  offered(offer: IncomingOffer): void;
  /** An offer has its answer. */
  negotiated(): void;
  /** A re-INVITE or UPDATE of the peer was accepted: its session timer counts anew, and its target may be another. */
  refreshed(): void;
  /** The peer has acknowledged a 2xx of ours. */
  acknowledged(): void;
  /** The dialog is of no more use; `bye` if the peer should be told. By the network, unless said otherwise. */
  lost(cause: string, options: { readonly bye: boolean; readonly by?: 'timer' }): void;
}

/** What a session's parts share. */
export interface SessionCoreParts {
  readonly stack: Stack;
  readonly dialog: Dialog;
  readonly exchange: OfferAnswer;
  readonly authenticator: DigestClient | undefined;
  readonly hooks: SessionHooks;
}

/** The dialog of a session and all that its parts share. */
export class SessionCore {
  readonly stack: Stack;
  readonly dialog: Dialog;
  readonly exchange: OfferAnswer;
  readonly authenticator: DigestClient | undefined;
  readonly hooks: SessionHooks;
  readonly exchanges = new OpenExchanges();
  timer!: SessionTimer;
  /** The listener that the dialog was made on: its requests leave by it where they can. */
  transport: Transport | undefined;
  #departed: Promise<unknown> | undefined;
  #release: (() => void) | undefined;
  #peerMethods: ReadonlySet<string> | undefined;

  constructor(parts: SessionCoreParts) {
    this.stack = parts.stack;
    this.dialog = parts.dialog;
    this.exchange = parts.exchange;
    this.authenticator = parts.authenticator;
    this.hooks = parts.hooks;
  }

  /** False only if the peer has said what it takes and the method was not there (RFC 3261 §20.5). */
  peerAllows(method: string): boolean {
    return this.#peerMethods?.has(method) ?? true;
  }

  /** Reads the peer's Allow; the last that was seen holds. */
  learnMethods(message: SipMessage): void {
    const methods = readableList(message.headers, ALLOW);
    if (methods.length > 0) this.#peerMethods = new Set(methods.map(method => method.toUpperCase()));
  }

  /** Sends a request in the dialog. */
  send(method: string, init: InDialogRequest, handlers: RequestHandlers): ClientRequest {
    const addressed = this.dialog.request(method, init);
    this.authenticator?.anticipate(addressed.request);
    const request = this.stack.send(addressed, {
      after: this.#departed,
      transport: this.transport,
      authenticator: this.authenticator,
      nextSequence: () => this.dialog.nextSequence(),
      handlers,
    });
    this.#departed = request.departed;
    return request;
  }

  /**
   * Requests wait from now on until `release`: a caller that has not seen our 2xx yet may know of no dialog, and
   * its 481 would end the call.
   */
  hold(): void {
    this.#departed = new Promise<void>(resolve => {
      this.#release = resolve;
    });
  }

  /** Lets the requests go that waited. */
  release(): void {
    this.#release?.();
    this.#release = undefined;
  }

  /** Sends the ACK of a 2xx. A peer that no ACK can be sent to is out of reach for everything else as well. */
  sendAck(addressed: Addressed): SentAck {
    const ack = this.stack.sendAck(addressed, {
      after: this.#departed,
      transport: this.transport,
      failed: () => this.hooks.lost('transport-error', { bye: true }),
    });
    this.#departed = ack.departed;
    return ack;
  }

  /** Sends a request in the dialog and waits for its final response, of whatever class. @throws SessionError */
  request(method: string, init: InDialogRequest = {}): Promise<SipResponse> {
    return new Promise((resolve, reject) => {
      this.send(method, init, {
        final: response => {
          // RFC 5057 §5.2: a refused NOTIFY ends its subscription, not the call.
          if (method !== 'NOTIFY') this.judge(response.status);
          resolve(response);
        },
        failed: failure => {
          this.judge(failure);
          reject(failureError(failure));
        },
      });
    });
  }

  /** An INVITE or UPDATE of the peer has ended: a refresh of ours may have waited for it. */
  closeTheirs(method: ExchangeMethod): void {
    this.exchanges.close('theirs', method);
    this.timer.dialogFree(false);
  }

  /** RFC 3261 §12.2.1.2: 481, 408 or no answer at all end the dialog. */
  judge(outcome: number | RequestFailure): void {
    if (outcome === 481 || outcome === 408) this.hooks.lost(`${outcome}`, { bye: true });
    else if (typeof outcome === 'object' && outcome.kind !== 'cancelled')
      this.hooks.lost(outcome.kind, { bye: true });
  }
}

/** The error that says why there was no final response. */
export function failureError(failure: RequestFailure): SessionError {
  if (failure.kind === 'timeout') return new SessionError('timeout', 'The peer did not answer in time.');
  if (failure.kind === 'cancelled')
    return new SessionError('cancelled', 'It was cancelled before it was sent.');
  return new SessionError('transport-error', failure.error.message, { cause: failure.error });
}

/** The error for a final response that is no 2xx. */
export function refusedError(method: string, response: SipResponse): SessionError {
  const sentence = `${method} was refused with ${response.status} ${response.reason}.`;
  return new SessionError('refused', sentence, { response });
}
