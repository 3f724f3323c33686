import type { TimerHandle } from '../clock.ts';
import type { Addressed } from '../dialog/dialog.ts';
import type { DigestClient } from '../digest/client.ts';
import { Member } from '../members.ts';
import { SipParseError } from '../message/errors.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { mostRepetitions } from '../repetitions.ts';
import { createCancel } from '../transaction/ack.ts';
import type { ClientTransaction, ClientTransactionUser, TransactionFailure } from '../transaction/client.ts';
import { TransportError } from '../transport/errors.ts';
import type { Departure } from '../transport/layer.ts';
import type { Target, Transport } from '../transport/transport.ts';
import type { Stack } from './stack.ts';
import { type TargetIterator, targetsOf } from './target-iterator.ts';

/** Why a request got no final response. */
export type RequestFailure = TransactionFailure | { readonly kind: 'cancelled' };

/** What a request tells whoever sent it. */
export interface RequestHandlers {
  /** It has left, in this shape; again after failover or with credentials. */
  sent?(request: SipRequest, transport: Transport): void;
  provisional?(response: SipResponse, request: SipRequest): void;
  /** The final response; every 2xx that comes to an INVITE. `request` is what it answers. */
  final(response: SipResponse, request: SipRequest): void;
  failed(failure: RequestFailure): void;
}

/** How a request is sent. */
export interface ClientRequestOptions {
  readonly handlers: RequestHandlers;
  /** Answers 401 and 407; without it they are final. */
  readonly authenticator?: DigestClient | undefined;
  /** The listener to leave by, where it fits the target. */
  readonly transport?: Transport | undefined;
  /** It leaves no earlier than this: requests of a dialog leave in their order. */
  readonly after?: Promise<unknown> | undefined;
  /** The sequence number of a repetition. */
  readonly nextSequence?: (() => number) | undefined;
}

const RETRY_ELSEWHERE = 503;
const challenges: ReadonlySet<number> = new Set([401, 407]);

/**
 * One request of a UAC until its final response: tried at one target after another on 503, time-out or
 * connection failure (RFC 3263 §4.3), and repeated with credentials when asked (RFC 3261 §22.2).
 */
export class ClientRequest extends Member<ClientRequest> {
  /** Settles when it has left for the first time, or could not. */
  readonly departed: Promise<void>;
  readonly #stack: Stack;
  #options: ClientRequestOptions;
  #request: SipRequest;
  readonly #contactUser: string | undefined;
  #targets: TargetIterator;
  #target: Target | undefined;
  #transaction: ClientTransaction | undefined;
  #lastFailure: RequestFailure | undefined;
  #refused: { response: SipResponse; request: SipRequest } | undefined;
  #provisional = false;
  #challenges = 0;
  #ended = false;
  #cancel: Readonly<Record<string, string>> | undefined;
  #cancelTimer: TimerHandle | undefined;

  constructor(stack: Stack, { request, nextHop, contactUser }: Addressed, options: ClientRequestOptions) {
    super();
    this.#stack = stack;
    this.#request = request;
    this.#contactUser = contactUser;
    this.#options = options;
    this.#targets = targetsOf(nextHop, stack.resolver);
    // Not at once: whoever sends it must have a chance to listen before it fails.
    const { after = Promise.resolve() } = options;
    this.departed = after.then(() => this.#tryNext()).catch(stack.report);
  }

  /** Whether its final response is still awaited. */
  get open(): boolean {
    return !this.#ended;
  }

  /** Whether the target that it was sent to last has responded, be it with 100 only. */
  get proceeding(): boolean {
    return this.#provisional || this.#ended;
  }

  /**
   * CANCELs an INVITE (RFC 3261 §9.1): at once if a provisional response has come, else as soon as one comes. The
   * INVITE still ends in its own final response, which may be a 2xx; or in a time-out 64·T1 later.
   */
  cancel(headers: Readonly<Record<string, string>> = {}): void {
    if (this.#ended || this.#cancel !== undefined) return;
    this.#cancel = headers;
    if (this.#transaction === undefined) this.#fail({ kind: 'cancelled' });
    else if (this.#provisional) this.#sendCancel(this.#transaction);
  }

  /** What still comes after the final response is for this user alone; whoever has sent the request is let go. */
  handOver(user: ClientTransactionUser): void {
    this.#transaction?.handOver(user);
  }

  /** Stops without a word, as when the agent closes. */
  abandon(): void {
    this.#ended = true;
    this.#stack.clock.clearTimeout(this.#cancelTimer);
    this.#transaction?.terminate();
  }

  #goOn(): void {
    this.#between();
    this.#tryNext().catch(this.#stack.report);
  }

  async #tryNext(): Promise<void> {
    while (!this.#ended) {
      let next: IteratorResult<Target>;
      try {
        const found = this.#targets.next();
        next = found instanceof Promise ? await found : found;
      } catch (error) {
        next = { done: true, value: undefined };
        this.#lastFailure = unreachable('The name could not be resolved.', error);
      }
      if (this.#ended) return;
      if (next.done) {
        this.#exhausted();
        return;
      }
      const sent = this.#send(next.value);
      if (sent === true || (await sent)) return;
    }
  }

  /** Sends it to a target, at once where nothing has to be opened first. False if it could not leave. */
  #send(target: Target): boolean | Promise<boolean> {
    try {
      const { transport } = this.#options;
      const departure = this.#stack.depart(this.#request, target, transport, this.#contactUser);
      if (!(departure instanceof Promise)) return this.#leave(departure, target);
      return departure.then(ready => this.#leave(ready, target)).catch(error => this.#stay(error));
    } catch (error) {
      return this.#stay(error);
    }
  }

  #leave({ request, bytes, flow, transport }: Departure, target: Target): true {
    if (this.#ended) return true;
    this.#target = target;
    this.#options.handlers.sent?.(request, transport);
    const user: ClientTransactionUser = {
      response: (response, request) => this.#receive(response, request),
      failed: failure => this.#transactionFailed(failure),
    };
    this.#transaction = this.#stack.transactions.send(request, flow, user, bytes);
    return true;
  }

  /** Why it could not leave. True if that does not matter any more. */
  #stay(error: unknown): boolean {
    this.#lastFailure =
      error instanceof TransportError
        ? { kind: 'transport-error', error }
        : unreachable('The request could not be made ready.', error);
    return this.#ended;
  }

  #receive(response: SipResponse, request: SipRequest): void {
    if (response.status < 200) {
      if (this.#ended) return;
      this.#provisional = true;
      if (this.#cancel && this.#transaction) this.#sendCancel(this.#transaction);
      if (response.status > 100) this.#options.handlers.provisional?.(response, request);
      return;
    }
    const repeated = this.#ended;
    if (!repeated && this.#cancel === undefined) {
      if (response.status === RETRY_ELSEWHERE) {
        this.#refused = { response, request };
        this.#goOn();
        return;
      }
      if (challenges.has(response.status) && this.#authenticate(request, response)) return;
    }
    this.#end();
    this.#options.authenticator?.learn(response);
    this.#options.handlers.final(response, request);
  }

  #authenticate(refused: SipRequest, response: SipResponse): boolean {
    const target = this.#target;
    const { authenticator, nextSequence } = this.#options;
    if (target === undefined || authenticator === undefined) return false;
    if (this.#challenges++ >= mostRepetitions.challenged) return false;
    try {
      if (!authenticator.answer(refused, response, this.#request)) return false;
    } catch (error) {
      // A challenge that cannot be read cannot be answered: the 401 or 407 is final.
      if (error instanceof SipParseError) return false;
      throw error;
    }
    if (nextSequence) this.#request.headers.set('CSeq', `${nextSequence()} ${this.#request.method}`);
    this.#between();
    Promise.resolve(this.#send(target))
      .then(sent => {
        if (!sent) this.#giveUp();
      })
      .catch(this.#stack.report);
    return true;
  }

  /** One transaction is over and the next not begun: a CANCEL now means that it never will be. */
  #between(): void {
    this.#transaction = undefined;
    this.#provisional = false;
  }

  #transactionFailed(failure: TransactionFailure): void {
    if (this.#ended) return;
    this.#lastFailure = failure;
    try {
      if (this.#provisional || this.#cancel !== undefined) this.#fail(failure);
      else this.#goOn();
    } catch (error) {
      // A socket may have called, and it catches nothing.
      this.#stack.report(error);
    }
  }

  #exhausted(): void {
    if (this.#refused === undefined) {
      this.#giveUp();
      return;
    }
    this.#end();
    this.#options.handlers.final(this.#refused.response, this.#refused.request);
  }

  #giveUp(): void {
    this.#fail(this.#lastFailure ?? unreachable(`${this.#request.uri} leads to no address.`));
  }

  #fail(failure: RequestFailure): void {
    if (this.#ended) return;
    this.#end();
    this.#options.handlers.failed(failure);
  }

  #end(): void {
    this.#ended = true;
    this.#stack.ended(this);
    this.#stack.clock.clearTimeout(this.#cancelTimer);
  }

  #sendCancel(transaction: ClientTransaction): void {
    if (this.#cancelTimer !== undefined) return;
    const { clock, times, transactions } = this.#stack;
    const cancel = createCancel(transaction.request, this.#cancel);
    transactions.send(cancel, transaction.flow, { response: () => {}, failed: () => {} });
    this.#cancelTimer = clock.setTimeout(() => {
      transaction.terminate();
      this.#fail({ kind: 'timeout' });
    }, 64 * times.t1);
  }
}

function unreachable(sentence: string, cause?: unknown): RequestFailure {
  return { kind: 'transport-error', error: new TransportError('no-transport', sentence, cause) };
}
