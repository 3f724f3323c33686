import { randomInteger } from '../random.ts';
import type { SessionTimerReply } from '../session-timer/session-timer.ts';
import type { InviteServerTransaction } from '../transaction/invite-server.ts';
import { FlowUri } from '../user-agent/flow-uri.ts';
import type { Acknowledging } from './acknowledging.ts';
import { capabilityHeaders } from './capabilities.ts';
import type { SessionCore } from './core.ts';
import { IncomingOffer } from './incoming-offer.ts';
import type { IncomingRequest, Reply } from './incoming-request.ts';
import type { ExchangeMethod } from './open-exchanges.ts';
import { pairs } from './pairs.ts';
import { sdpBody, sdpOf } from './sdp.ts';

const LONGEST_RETRY_SECONDS = 10;

/** re-INVITE and UPDATE of the peer (RFC 3261 §14.2, RFC 3311 §5.2). */
export class Answering {
  readonly #core: SessionCore;
  readonly #acknowledging: Acknowledging;
  /** The re-INVITE without a final response, and the offer that it put to the user. */
  #open: { incoming: IncomingRequest; offer: IncomingOffer } | undefined;

  constructor(core: SessionCore, acknowledging: Acknowledging) {
    this.#core = core;
    this.#acknowledging = acknowledging;
  }

  /** Answers 487 to a re-INVITE that is open: its dialog has ended (RFC 3261 §15.1.2). */
  end(): void {
    this.#drop(487);
  }

  reinvite(incoming: IncomingRequest): void {
    const { exchange, exchanges, hooks, timer } = this.#core;
    if (exchanges.ours('INVITE') || exchange.state === 'have-local-offer') {
      incoming.respond(491);
      return;
    }
    if (this.#open !== undefined || exchange.state === 'have-remote-offer') {
      this.#tryLater(incoming);
      return;
    }
    const terms = timer.answer(incoming.request);
    if (terms.kind === 'refuse') {
      incoming.respond(422, { headers: terms.headers });
      return;
    }
    const sdp = sdpOf(incoming.request);
    const transaction = incoming.transaction as InviteServerTransaction;
    exchanges.open('theirs', 'INVITE');
    if (sdp !== undefined) exchange.offerRemotely(sdp);
    const offer = new IncomingOffer(incoming.request, sdp, {
      accept: (description, reply) =>
        this.#acceptInvite(incoming, terms, sdp === undefined, description, reply),
      reject: (status, reply) => this.#refuse('INVITE', incoming, status, reply),
    });
    this.#open = { incoming, offer };
    transaction.user = {
      cancelled: () => this.#drop(487),
      timeout: () => {
        if (incoming.accepted) hooks.lost('no ACK', { bye: true });
      },
    };
    hooks.offered(offer);
  }

  update(incoming: IncomingRequest): void {
    const { exchange, exchanges, hooks, timer } = this.#core;
    const sdp = sdpOf(incoming.request);
    // A re-INVITE that waits for our offer is in the way of another as much as an offer is.
    const occupied = exchange.state === 'have-remote-offer' || this.#open !== undefined;
    if (exchanges.theirs('UPDATE') || (sdp !== undefined && occupied)) {
      this.#tryLater(incoming);
      return;
    }
    if (sdp !== undefined && exchange.state === 'have-local-offer') {
      incoming.respond(491);
      return;
    }
    const terms = timer.answer(incoming.request);
    if (terms.kind === 'refuse') {
      incoming.respond(422, { headers: terms.headers });
      return;
    }
    if (sdp === undefined) {
      this.#accept(incoming, terms, undefined, {});
      return;
    }
    exchanges.open('theirs', 'UPDATE');
    exchange.offerRemotely(sdp);
    const offer = new IncomingOffer(incoming.request, sdp, {
      accept: (description, reply) => {
        if (description === undefined) {
          this.#refuse('UPDATE', incoming, 488, {});
          return;
        }
        exchange.answerLocally(description);
        this.#accept(incoming, terms, description, reply);
        this.#core.closeTheirs('UPDATE');
        hooks.negotiated();
      },
      reject: (status, reply) => this.#refuse('UPDATE', incoming, status, reply),
    });
    incoming.transaction.user = { timeout: () => offer.reject(500) };
    hooks.offered(offer);
  }

  #acceptInvite(
    incoming: IncomingRequest,
    terms: SessionTimerReply & { kind: 'go-on' },
    weOffer: boolean,
    description: string | undefined,
    reply: Reply,
  ): void {
    const { exchange, hooks } = this.#core;
    if (!weOffer && description === undefined) {
      this.#refuse('INVITE', incoming, 488, {});
      return;
    }
    this.#open = undefined;
    const { number = 0 } = incoming.request.cseq ?? {};
    if (description !== undefined && weOffer) exchange.offerLocally(description, `ACK ${number}`);
    else if (description !== undefined) exchange.answerLocally(description);
    this.#acknowledging.await(incoming.transaction as InviteServerTransaction, incoming.request);
    this.#accept(incoming, terms, description, reply);
    if (!weOffer) hooks.negotiated();
  }

  #accept(
    incoming: IncomingRequest,
    terms: SessionTimerReply & { kind: 'go-on' },
    description: string | undefined,
    { headers, ...reply }: Reply,
  ): void {
    const { dialog, stack, hooks } = this.#core;
    const { flow } = incoming.transaction;
    dialog.refreshTarget(incoming.request);
    // Whoever is reached where its requests come from may have moved.
    if (dialog.detour !== undefined) dialog.detour = new FlowUri({ protocol: flow.protocol, ...flow.remote });
    incoming.respond(200, {
      ...reply,
      ...sdpBody(description),
      contact: stack.contactOn(flow, dialog.secure, dialog.contactUser),
      headers: [...capabilityHeaders, ...terms.headers, ...pairs(headers)],
    });
    terms.take();
    hooks.refreshed();
  }

  #refuse(method: ExchangeMethod, incoming: IncomingRequest, status: number, reply: Reply): void {
    const { exchange } = this.#core;
    if (exchange.state === 'have-remote-offer' && sdpOf(incoming.request) !== undefined) exchange.withdraw();
    if (method === 'INVITE') this.#open = undefined;
    incoming.respond(status, reply);
    this.#core.closeTheirs(method);
  }

  #drop(status: number): void {
    if (this.#open === undefined) return;
    const { incoming, offer } = this.#open;
    offer.withdraw();
    this.#refuse('INVITE', incoming, status, {});
  }

  #tryLater(incoming: IncomingRequest): void {
    const seconds = randomInteger(this.#core.stack.random, 0, LONGEST_RETRY_SECONDS);
    incoming.respond(500, { headers: { 'Retry-After': seconds } });
  }
}
