import type { TimerHandle } from '../clock.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { InviteServerTransaction } from '../transaction/invite-server.ts';
import type { SessionCore } from './core.ts';
import { IncomingOffer } from './incoming-offer.ts';
import { sdpBody, sdpOf } from './sdp.ts';

/** Sends an ACK again when its 2xx comes again. */
export interface SentAck {
  /** Settles when it has left for the first time, or could not. */
  readonly departed: Promise<unknown>;
  again(): void;
}

/** Stands for an ACK that waits for its user's answer to the offer in the 2xx. */
const notYetSent: SentAck = { departed: Promise.resolve(), again() {} };

/** ACKs of 2xx, which belong to the dialog (RFC 3261 §13.2.2.4), in both directions. */
export class Acknowledging {
  readonly #core: SessionCore;
  readonly #acked: () => void;
  readonly #sent = new Map<number, SentAck>();
  readonly #timers = new Map<number, TimerHandle>();
  readonly #awaited = new Map<number, InviteServerTransaction>();

  /** `acked` is called for every 2xx of ours that is acknowledged. */
  constructor(core: SessionCore, acked: () => void) {
    this.#core = core;
    this.#acked = acked;
  }

  /** Whether the peer still owes an ACK (RFC 3261 §15: the callee may not send BYE before). */
  get awaited(): boolean {
    return this.#awaited.size > 0;
  }

  /** Whether the 2xx of this INVITE has come before. */
  acknowledges(invite: SipRequest): boolean {
    return this.#sent.has(invite.cseq?.number ?? 0);
  }

  /** The ACK that has gone to the 2xx of this INVITE; undefined where it waits for our answer. */
  ackOf(invite: SipRequest): SentAck | undefined {
    const sent = this.#sent.get(invite.cseq?.number ?? 0);
    return sent === notYetSent ? undefined : sent;
  }

  /**
   * Takes a 2xx to an INVITE of ours: `first` puts in force what the dialog learns from it, the answer in it
   * counts, an offer in it is put to the user, and the ACK leaves. A repeated 2xx gets the same ACK again.
   */
  accepted(invite: SipRequest, response: SipResponse, first: () => void): void {
    const sequence = invite.cseq?.number ?? 0;
    const known = this.#sent.get(sequence);
    if (known !== undefined) {
      known.again();
      return;
    }
    this.#sent.set(sequence, notYetSent);
    this.#forgetLater(sequence);
    first();
    const { exchange, hooks } = this.#core;
    const sdp = sdpOf(response);
    if (sdp !== undefined && exchange.state === 'stable' && sdpOf(invite) === undefined) {
      this.#answerInAck(invite, response, sdp);
      return;
    }
    this.#acknowledge(invite, undefined);
    if (!exchange.awaits('INVITE')) return;
    if (sdp !== undefined) exchange.answerRemotely(sdp);
    else if (!exchange.answerByPreview()) return;
    hooks.negotiated();
  }

  /** A 2xx to an INVITE of the peer was sent: its ACK is awaited. */
  await(transaction: InviteServerTransaction, invite: SipRequest): void {
    this.#awaited.set(invite.cseq?.number ?? 0, transaction);
  }

  /** The peer's ACK; the answer in it goes into force. */
  receive(ack: SipRequest): void {
    const sequence = ack.cseq?.number ?? 0;
    const transaction = this.#awaited.get(sequence);
    if (transaction === undefined) return;
    this.#awaited.delete(sequence);
    transaction.acknowledged();
    const { exchange, hooks } = this.#core;
    const sdp = sdpOf(ack);
    if (exchange.awaits(`ACK ${sequence}`) || exchange.awaits('PRACK')) {
      if (sdp === undefined) exchange.withdraw();
      else {
        exchange.answerRemotely(sdp);
        hooks.negotiated();
      }
    }
    this.#acked();
  }

  /** The dialog has ended: its 2xx are repeated no more. */
  end(): void {
    for (const timer of this.#timers.values()) this.#core.stack.clock.clearTimeout(timer);
    this.#timers.clear();
    for (const transaction of this.#awaited.values()) transaction.acknowledged();
    this.#awaited.clear();
  }

  /** The INVITE's transaction hears of repeated 2xx for 64·T1 (Timer M), and of none afterwards. */
  #forgetLater(sequence: number): void {
    const { clock, times } = this.#core.stack;
    const forget = () => {
      this.#timers.delete(sequence);
      this.#sent.delete(sequence);
    };
    this.#timers.set(sequence, clock.setTimeout(forget, 64 * times.t1));
  }

  #answerInAck(invite: SipRequest, response: SipResponse, sdp: string): void {
    const { exchange, hooks } = this.#core;
    exchange.offerRemotely(sdp);
    const offer = new IncomingOffer(response, sdp, {
      accept: answer => {
        this.#acknowledge(invite, answer);
        if (answer === undefined) exchange.withdraw();
        else {
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
    const sequence = invite.cseq?.number ?? 0;
    const addressed = this.#core.dialog.ack(sequence, sdpBody(sdp));
    // RFC 3261 §22.1: nobody may challenge an ACK, so it carries the INVITE's credentials.
    for (const name of ['Authorization', 'Proxy-Authorization'])
      addressed.request.headers.copy(name, invite.headers);
    this.#sent.set(sequence, this.#core.sendAck(addressed));
  }
}
