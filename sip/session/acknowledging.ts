import type { TimerHandle } from '../clock.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { none } from '../none.ts';
import type { InviteServerTransaction } from '../transaction/invite-server.ts';
import type { SessionCore } from './core.ts';
import { IncomingOffer } from './incoming-offer.ts';
import { sdpBody, sdpOf } from './sdp.ts';

/** Sends an ACK again when its 2xx comes again. */
export interface SentAck {
  /** Settles when it has left for the first time, or could not; undefined where that was at once. */
  readonly departed: Promise<unknown> | undefined;
  again(): void;
}

/** Stands for an ACK that waits for its user's answer to the offer in the 2xx. */
const notYetSent: SentAck = { departed: undefined, again() {} };

/** A 2xx to an INVITE of ours that has come. */
interface Accepted {
  /** Of the INVITE. */
  readonly sequence: number;
  ack: SentAck;
  forget: TimerHandle | undefined;
}

/** A 2xx of ours whose ACK has not come. */
interface Awaited {
  /** Of the INVITE. */
  readonly sequence: number;
  readonly transaction: InviteServerTransaction;
}

/**
 * ACKs of 2xx, which belong to the dialog (RFC 3261 §13.2.2.4), in both directions. More than one at a time, as after a
 * quick re-INVITE, are rare: the lists are short, and their arrays no longer than they are.
 */
export class Acknowledging {
  readonly #core: SessionCore;
  #accepted: readonly Accepted[] = none;
  #awaited: readonly Awaited[] = none;

  constructor(core: SessionCore) {
    this.#core = core;
  }

  /** Whether the peer still owes an ACK (RFC 3261 §15: the callee may not send BYE before). */
  get awaited(): boolean {
    return this.#awaited.length > 0;
  }

  /** Whether the 2xx of this INVITE has come before. */
  acknowledges(invite: SipRequest): boolean {
    return this.#acceptedOf(invite) !== undefined;
  }

  /** The ACK that has gone to the 2xx of this INVITE; undefined where it waits for our answer. */
  ackOf(invite: SipRequest): SentAck | undefined {
    const ack = this.#acceptedOf(invite)?.ack;
    return ack === notYetSent ? undefined : ack;
  }

  /**
   * Takes a 2xx to an INVITE of ours: `first` puts in force what the dialog learns from it, the answer in it
   * counts, an offer in it is put to the user, and the ACK leaves. A repeated 2xx gets the same ACK again.
   */
  accepted(invite: SipRequest, response: SipResponse, first: () => void): void {
    const known = this.#acceptedOf(invite);
    if (known !== undefined) {
      known.ack.again();
      return;
    }
    this.#accept(invite);
    first();
    const { exchange, hooks } = this.#core;
    const sdp = sdpOf(response);
    if (sdp !== undefined && exchange.state === 'stable' && sdpOf(invite) === undefined) {
      this.#answerInAck(invite, response, sdp);
      return;
    }
    this.#acknowledge(invite, undefined);
    if (this.#isOver || !exchange.awaits('INVITE')) return;
    if (sdp !== undefined) exchange.answerRemotely(sdp);
    else if (!exchange.answerByPreview()) return;
    hooks.negotiated();
  }

  /** A 2xx to an INVITE of the peer was sent: its ACK is awaited. */
  await(transaction: InviteServerTransaction, invite: SipRequest): void {
    this.#awaited = [...this.#awaited, { sequence: sequenceOf(invite), transaction }];
  }

  /** The peer's ACK; the answer in it goes into force. */
  receive(ack: SipRequest): void {
    const sequence = sequenceOf(ack);
    const awaited = this.#awaited.find(each => each.sequence === sequence);
    if (awaited === undefined) return;
    this.#awaited = this.#awaited.filter(each => each !== awaited);
    awaited.transaction.acknowledged();
    const { exchange, hooks } = this.#core;
    const sdp = sdpOf(ack);
    if (exchange.awaits(`ACK ${sequence}`) || exchange.awaits('PRACK')) {
      if (sdp === undefined) exchange.withdraw();
      else {
        exchange.answerRemotely(sdp);
        hooks.negotiated();
      }
    }
    hooks.acknowledged();
  }

  /** The dialog has ended: its 2xx are repeated no more. */
  end(): void {
    for (const { forget } of this.#accepted) this.#core.stack.clock.clearTimeout(forget);
    for (const { transaction } of this.#awaited) transaction.acknowledged();
    this.#awaited = none;
  }

  /** Its ACK had nowhere to go. */
  get #isOver(): boolean {
    return this.#core.dialog.state === 'terminated';
  }

  #acceptedOf(invite: SipRequest): Accepted | undefined {
    const sequence = sequenceOf(invite);
    return this.#accepted.find(each => each.sequence === sequence);
  }

  /** The INVITE's transaction hears of repeated 2xx for 64·T1 (Timer M), and of none afterwards. */
  #accept(invite: SipRequest): void {
    const { clock, times } = this.#core.stack;
    const accepted: Accepted = { sequence: sequenceOf(invite), ack: notYetSent, forget: undefined };
    accepted.forget = clock.setTimeout(() => {
      this.#accepted = this.#accepted.filter(each => each !== accepted);
    }, 64 * times.t1);
    this.#accepted = [...this.#accepted, accepted];
  }

  #answerInAck(invite: SipRequest, response: SipResponse, sdp: string): void {
    const { exchange, hooks } = this.#core;
    exchange.offerRemotely(sdp);
    const offer = new IncomingOffer(response, sdp, {
      accept: answer => {
        this.#acknowledge(invite, answer);
        if (answer === undefined) exchange.withdraw();
        else if (!this.#isOver) {
          exchange.answerLocally(answer);
          hooks.negotiated();
        }
      },
      // An offer in a 2xx cannot be refused: it is acknowledged and the session ended (RFC 3261 §13.2.2.4).
      reject: () => {
        exchange.withdraw();
        this.#acknowledge(invite, undefined);
        hooks.lost('offer refused', { bye: true });
      },
    });
    hooks.offered(offer);
  }

  #acknowledge(invite: SipRequest, sdp: string | undefined): void {
    const addressed = this.#core.dialog.ack(sequenceOf(invite), sdpBody(sdp));
    // RFC 3261 §22.1: nobody may challenge an ACK, so it carries the INVITE's credentials.
    for (const name of ['Authorization', 'Proxy-Authorization'])
      addressed.request.headers.copy(name, invite.headers);
    const ack = this.#core.sendAck(addressed);
    const accepted = this.#acceptedOf(invite);
    if (accepted !== undefined) accepted.ack = ack;
  }
}

function sequenceOf(request: SipRequest): number {
  return request.cseq?.number ?? 0;
}
