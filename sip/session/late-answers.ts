import type { SipRequest, SipResponse } from '../message/message.ts';
import type { ClientTransactionUser } from '../transaction/client.ts';
import type { Transport } from '../transport/transport.ts';
import type { SentAck } from './acknowledging.ts';
import { acknowledge, type ForkParts, sessionOf } from './forks.ts';

/** The ACK of the dialog with this To tag. */
export interface ForkAck {
  readonly tag: string;
  readonly ack: SentAck;
}

/**
 * Hears of what still comes to an INVITE that was accepted: a 2xx that is repeated gets its ACK again, one of another
 * fork gets ACK and BYE (RFC 3261 §13.2.2.4). Nothing else comes of its transaction any more. It stands for the
 * invitation, which need not be kept for that.
 */
export class LateAnswers implements ClientTransactionUser {
  readonly #parts: ForkParts;
  readonly #transport: Transport | undefined;
  #acks: readonly ForkAck[];

  /** `acks`: of each dialog that was accepted. */
  constructor(parts: ForkParts, transport: Transport | undefined, acks: readonly ForkAck[]) {
    this.#parts = parts;
    this.#transport = transport;
    this.#acks = acks;
  }

  response(response: SipResponse, sent: SipRequest): void {
    const tag = response.to?.tag ?? '';
    const repeated = this.#acks.find(each => each.tag === tag);
    if (repeated === undefined) this.#refuse(tag, response, sent);
    else repeated.ack.again();
  }

  failed(): void {}

  #refuse(tag: string, response: SipResponse, sent: SipRequest): void {
    const session = sessionOf(this.#parts, this.#transport, response, sent);
    acknowledge(this.#parts, session, response, sent);
    session.bye();
    const ack = session.acknowledging.ackOf(sent);
    if (ack !== undefined) this.#acks = this.#acks.concat({ tag, ack });
  }
}
