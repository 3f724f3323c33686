import type { SipMessage } from '../message/message.ts';
import type { Reply } from './incoming-request.ts';

/** How an offer is dealt with by the exchange that it came in. */
export interface OfferHandlers {
  accept(sdp: string | undefined, reply: Reply): void;
  reject(status: number, reply: Reply): void;
}

/**
 * The peer's offer of another session description, or its wish to hear ours (an INVITE without one). It has to be
 * accepted or rejected; an UPDATE's at once (RFC 3311 §5.2).
 */
export class IncomingOffer {
  /** What carries it: an INVITE, UPDATE or PRACK, or a response to an INVITE that had none. */
  readonly message: SipMessage;
  /** The peer's description; undefined where it asks for our offer. */
  readonly sdp: string | undefined;
  readonly #handlers: OfferHandlers;
  #settled = false;

  constructor(message: SipMessage, sdp: string | undefined, handlers: OfferHandlers) {
    this.message = message;
    this.sdp = sdp;
    this.#handlers = handlers;
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** Answers with our description. Does nothing once settled, as after a CANCEL. */
  accept(sdp: string | undefined, reply: Reply = {}): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#handlers.accept(sdp, reply);
  }

  /** Refuses it; what was in force stays so. */
  reject(status = 488, reply: Reply = {}): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#handlers.reject(status, reply);
  }

  /** Settles it from outside: cancelled, or its dialog has ended. */
  withdraw(): void {
    this.#settled = true;
  }
}
