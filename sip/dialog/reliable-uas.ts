import type { Clock, TimerHandle } from '../clock.ts';
import { RACK } from '../header/rack.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { type Random, randomInteger } from '../random.ts';
import { Retransmission } from '../transaction/retransmission.ts';

/** What sending reliably needs. */
export interface ReliableUasOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly t1: number;
  readonly send: (response: SipResponse) => void;
  /** No PRACK came for 64·T1: the INVITE is to be refused (RFC 3262 §3). */
  readonly gaveUp: () => void;
}

interface Outstanding {
  readonly response: SipResponse;
  readonly sequence: number;
  readonly inviteSequence: number;
  readonly acknowledged: (prack: SipRequest) => void;
}

// RFC 3262 §3: the first RSeq is chosen from 1 to 2^31 - 1.
const LARGEST_FIRST_RSEQ = 2 ** 31 - 1;

/** Reliable provisional responses to one INVITE (RFC 3262 §3): one at a time, repeated until its PRACK. */
export class ReliableUas {
  readonly #options: ReliableUasOptions;
  readonly #queue: Outstanding[] = [];
  #next: number;
  #retransmission: Retransmission | undefined;
  #timer: TimerHandle | undefined;
  #idle: (() => void)[] = [];

  constructor(options: ReliableUasOptions) {
    this.#options = options;
    this.#next = randomInteger(options.random, 1, LARGEST_FIRST_RSEQ);
  }

  /** Sends it, after those before it have been acknowledged. `acknowledged` gets the PRACK. */
  send(response: SipResponse, acknowledged: (prack: SipRequest) => void): void {
    const sequence = this.#next++;
    response.headers.append('Require', '100rel').set('RSeq', sequence);
    this.#queue.push({ response, sequence, inviteSequence: response.cseq?.number ?? 0, acknowledged });
    if (this.#queue.length === 1) this.#transmit();
  }

  /**
   * Takes a PRACK. Undefined if it matches nothing, to be answered 481; else what to call once it is answered,
   * so that what waited for it follows.
   */
  receive(prack: SipRequest): (() => void) | undefined {
    const rack = prack.headers.read(RACK);
    const [first] = this.#queue;
    if (first === undefined || rack?.responseNumber !== first.sequence) return undefined;
    if (rack.cseqNumber !== first.inviteSequence || rack.method !== 'INVITE') return undefined;
    this.#stop();
    this.#queue.shift();
    first.acknowledged(prack);
    return () => {
      if (this.#queue.length > 0) this.#transmit();
      else for (const run of this.#idle.splice(0)) run();
    };
  }

  /** Calls back once everything is acknowledged: a 2xx may go (RFC 3262 §3). */
  whenIdle(run: () => void): void {
    if (this.#queue.length === 0) run();
    else this.#idle.push(run);
  }

  /** The INVITE has its final response: nothing is repeated any more, but late PRACKs still match. */
  stop(): void {
    this.#stop();
    this.#idle = [];
  }

  #transmit(): void {
    const { clock, t1, send, gaveUp } = this.#options;
    const response = this.#queue[0]?.response;
    if (response === undefined) return;
    this.#retransmission = new Retransmission({ clock, firstMs: t1, send: () => send(response) });
    this.#timer = clock.setTimeout(() => {
      this.stop();
      gaveUp();
    }, 64 * t1);
    send(response);
  }

  #stop(): void {
    this.#retransmission?.stop();
    this.#options.clock.clearTimeout(this.#timer);
  }
}
