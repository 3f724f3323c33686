import { EventEmitter } from 'node:events';
import type { HeaderInit } from '../message/create.ts';
import type { SipRequest } from '../message/message.ts';
import type { IncomingRequest, Reply } from './incoming-request.ts';

/** How to refer. */
export interface ReferOptions {
  readonly headers?: HeaderInit | undefined;
  /** False asks that no NOTIFYs be sent (RFC 4488). True by default. */
  readonly subscribe?: boolean;
}

/** What a referral tells. */
export interface ReferralEvents {
  /** The status that the referred call has reached, from a NOTIFY's sipfrag. */
  progress: [status: number, request: SipRequest];
  /** No more will come; the last status that was told, or none. */
  ended: [status: number | undefined];
}

/** A REFER of ours that was accepted, and what the peer reports of it (RFC 3515 §2.4). */
export class Referral extends EventEmitter<ReferralEvents> {
  /** Whether NOTIFYs will come: false when both sides agreed on none (RFC 4488 §4). */
  readonly subscribed: boolean;
  #status: number | undefined;
  #ended = false;

  constructor(subscribed: boolean) {
    super();
    this.subscribed = subscribed;
  }

  /** The last status that was told. */
  get status(): number | undefined {
    return this.#status;
  }

  /** A NOTIFY of it. */
  notified(request: SipRequest, status: number | undefined, last: boolean): void {
    if (this.#ended) return;
    if (status !== undefined) {
      this.#status = status;
      this.emit('progress', status, request);
    }
    if (last) this.finish();
  }

  /** Nothing more will come. */
  finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.emit('ended', this.#status);
  }
}

/** What an accepted referral sends. */
export type NotifySender = (status: number, reason: string | undefined, last: boolean) => void;

/** The peer's wish that we call somebody else (RFC 3515). It has to be accepted or rejected. */
export class IncomingReferral {
  readonly #incoming: IncomingRequest;
  readonly #notify: NotifySender | undefined;
  #open = false;

  constructor(incoming: IncomingRequest, notify: NotifySender | undefined) {
    this.#incoming = incoming;
    this.#notify = notify;
  }

  get request(): SipRequest {
    return this.#incoming.request;
  }

  /** Whom to call: the Refer-To value as it stands, method and headers included. */
  get referTo(): string {
    return this.request.headers.get('Refer-To') ?? '';
  }

  /** Answers 202, and reports 100 Trying as RFC 3515 §2.4.4 wants. */
  accept(reply: Reply = {}): void {
    if (this.#incoming.answered) return;
    this.#incoming.respond(202, reply);
    this.#open = true;
    this.notify(100);
  }

  reject(status = 603, reply: Reply = {}): void {
    this.#incoming.respond(status, reply);
  }

  /** Reports how the referred call goes; a final status is the last report. */
  notify(status: number, reason?: string): void {
    if (!this.#open) return;
    this.#open = status < 200;
    this.#notify?.(status, reason, status >= 200);
  }
}
