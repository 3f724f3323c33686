import type { SipRequest } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import type { SentAck } from '../session/acknowledging.ts';
import type { Departure } from '../transport/layer.ts';

/** Makes an ACK ready to leave; undefined where there is no way to its peer. */
export type DepartAck = (ack: SipRequest) => Promise<Departure | undefined>;

/**
 * The ACK of a 2xx, sent again whenever its 2xx comes again (RFC 3261 §13.2.2.4). Once it has left, its bytes alone are
 * kept, and read again if it has to leave by another flow.
 */
export class OutgoingAck implements SentAck {
  readonly departed: Promise<void>;
  readonly #depart: DepartAck;
  #sent: Pick<Departure, 'flow' | 'bytes'> | undefined;

  /** It leaves no earlier than `after`. */
  constructor(depart: DepartAck, ack: SipRequest, after: Promise<unknown> = Promise.resolve()) {
    this.#depart = depart;
    this.departed = after.then(() => this.#send(ack));
  }

  again(): void {
    void this.departed.then(() => this.#repeat());
  }

  async #send(ack: SipRequest): Promise<void> {
    const departure = await this.#depart(ack);
    this.#sent = departure && { flow: departure.flow, bytes: departure.bytes };
    this.#sent?.flow.send(this.#sent.bytes);
  }

  async #repeat(): Promise<void> {
    if (this.#sent === undefined) return;
    const { flow, bytes } = this.#sent;
    if (flow.open) {
      flow.send(bytes);
      return;
    }
    const ack = parseMessage(bytes) as SipRequest;
    ack.headers.removeFirst('Via');
    await this.#send(ack);
  }
}
