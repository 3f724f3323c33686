import { createResponse, type ResponseInit } from '../message/create.ts';
import type { SipRequest } from '../message/message.ts';
import type { ServerTransaction } from '../transaction/server.ts';

/** What a response carries besides its status. */
export interface Reply extends Omit<ResponseInit, 'toTag'> {
  readonly reason?: string | undefined;
}

/** A request that waits for its answer. */
export class IncomingRequest {
  readonly request: SipRequest;
  readonly #transaction: ServerTransaction;
  readonly #toTag: string;
  #answered = false;

  constructor(transaction: ServerTransaction, request: SipRequest, toTag: string) {
    this.request = request;
    this.#transaction = transaction;
    this.#toTag = toTag;
  }

  get transaction(): ServerTransaction {
    return this.#transaction;
  }

  /** Whether its final response has been given. */
  get answered(): boolean {
    return this.#answered;
  }

  /** Whether that was a 2xx. */
  get accepted(): boolean {
    const status = this.#transaction.lastStatus ?? 0;
    return status >= 200 && status < 300;
  }

  /** Answers it. The first final response stands; later ones are ignored. */
  respond(status: number, reply: Reply = {}): void {
    if (this.#answered) return;
    this.#answered = status >= 200;
    const { reason, ...init } = reply;
    this.#transaction.respond(createResponse(this.request, status, reason, { ...init, toTag: this.#toTag }));
  }
}
