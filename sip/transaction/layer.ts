import type { Clock } from '../clock.ts';
import type { Refusal } from '../doorkeeper.ts';
import { detached } from '../grammar/detached.ts';
import { createResponse } from '../message/create.ts';
import { SipParseError } from '../message/errors.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { serialise } from '../message/serialise.ts';
import type { TransportError } from '../transport/errors.ts';
import type { Flow } from '../transport/transport.ts';
import type { ClientTransaction, ClientTransactionUser } from './client.ts';
import { InviteClientTransaction } from './invite-client.ts';
import { InviteServerTransaction } from './invite-server.ts';
import { clientKey, isForUs, mergeKey, serverKey } from './key.ts';
import { hasLooped } from './loops.ts';
import { NonInviteClientTransaction } from './non-invite-client.ts';
import { NonInviteServerTransaction } from './non-invite-server.ts';
import type { Responder, ServerTransaction } from './server.ts';
import type { BaseTimes } from './timers.ts';

/** Whose a request is: of one who is trusted, of a peer in a dialog of ours or of a stranger. */
export type Standing = 'trusted' | 'peer' | 'stranger';

/** Who stands over the transactions: RFC 3261's transaction user. */
export interface TransactionUser {
  /** Whose a new request is; a stranger's when not given. */
  standing?(request: SipRequest, flow: Flow): Standing;
  /** What keeps a new request of a stranger out, before a transaction is made; asked once for each. */
  refusal?(flow: Flow): Refusal | undefined;
  /** A new request, to be answered through its transaction. What it throws is answered with 400 or 500, and thrown on. */
  request(transaction: ServerTransaction, request: SipRequest): void;
  /** The ACK of a 2xx, which has no transaction of its own. */
  ack(request: SipRequest): void;
}

/** A transaction layer's settings. */
export interface TransactionLayerOptions {
  readonly clock: Clock;
  readonly times: BaseTimes;
  readonly user: TransactionUser;
  /** The To tag for responses that no user makes. */
  readonly tag: () => string;
  readonly respond: Responder;
  readonly most?: Partial<MostTransactions> | undefined;
}

/** Server transactions that may be open, by whose request comes next: one for which there is no room gets 503. */
export type MostTransactions = Readonly<Record<Standing, number>>;

/** Strangers leave room for the calls that there are, and both of them for those who are trusted. */
const MOST: MostTransactions = { stranger: 100_000, peer: 150_000, trusted: 200_000 };
/** Until an agent that has no room may be asked again. */
const OVERLOADED: Refusal = { retryAfterSeconds: 5 };

/** Finds the transaction of every message, or makes it (RFC 3261 §17). */
export class TransactionLayer {
  readonly #options: TransactionLayerOptions;
  readonly #most: MostTransactions;
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #servers = new Map<string, ServerTransaction>();
  readonly #merged = new Map<string, ServerTransaction>();
  readonly #clientEnded = ({ key }: ClientTransaction) => {
    this.#clients.delete(key);
  };
  readonly #serverEnded = (transaction: ServerTransaction) => {
    const { key, mergeKey } = transaction;
    this.#servers.delete(key);
    if (mergeKey !== undefined && this.#merged.get(mergeKey) === transaction) this.#merged.delete(mergeKey);
  };

  constructor(options: TransactionLayerOptions) {
    this.#options = options;
    this.#most = { ...MOST, ...options.most };
  }

  /** Open transactions, for figures and for leak tests. */
  get size(): { readonly clients: number; readonly servers: number } {
    return { clients: this.#clients.size, servers: this.#servers.size };
  }

  /**
   * Sends a request, with its Via in place, as a transaction of its own. ACK has none. `bytes`: the request as it leaves.
   */
  send(
    request: SipRequest,
    flow: Flow,
    user: ClientTransactionUser,
    bytes = serialise(request),
  ): ClientTransaction {
    const { clock, times } = this.#options;
    const key = detached(clientKey(request) ?? '');
    const Machine = request.method === 'INVITE' ? InviteClientTransaction : NonInviteClientTransaction;
    const ended = this.#clientEnded;
    const transaction = new Machine({ key, request, bytes, flow, clock, times, user, ended });
    this.#clients.set(key, transaction);
    transaction.start();
    return transaction;
  }

  receiveResponse(response: SipResponse): void {
    if (!isForUs(response)) return;
    const key = clientKey(response);
    if (key !== undefined) this.#clients.get(key)?.receive(response);
  }

  receiveRequest(request: SipRequest, flow: Flow): void {
    const key = serverKey(request);
    const known = this.#servers.get(key);
    if (known !== undefined && !(request.method === 'ACK' && known.state === 'Accepted'))
      known.receive(request);
    else if (request.method === 'ACK') this.#options.user.ack(request);
    else {
      const refusal = this.#refusal(request, flow);
      if (refusal === undefined) this.#open(key, request, flow);
      else if (refusal !== 'silence') this.#refuse(request, flow, refusal.retryAfterSeconds);
    }
  }

  /** A connection broke: requests on it that nobody has answered yet will not be (RFC 3261 §18.4). */
  flowLost(flow: Flow, error: TransportError): void {
    for (const transaction of [...this.#clients.values()])
      if (transaction.flow === flow) transaction.flowLost(error);
  }

  /** Ends every transaction without a word. */
  close(): void {
    for (const transaction of [...this.#clients.values(), ...this.#servers.values()]) transaction.terminate();
  }

  #refusal(request: SipRequest, flow: Flow): Refusal | undefined {
    const { user } = this.#options;
    const isOurs = request.method === 'CANCEL' && this.#servers.has(serverKey(request, 'INVITE'));
    const standing = isOurs ? 'peer' : (user.standing?.(request, flow) ?? 'stranger');
    const refusal = standing === 'stranger' ? user.refusal?.(flow) : undefined;
    return refusal ?? (this.#servers.size < this.#most[standing] ? undefined : OVERLOADED);
  }

  /** Without a transaction: a repetition is refused again. */
  #refuse(request: SipRequest, flow: Flow, retryAfterSeconds: number): void {
    const response = this.#response(request, 503, { headers: { 'Retry-After': retryAfterSeconds } });
    this.#options.respond(response, flow).send(() => {});
  }

  #open(key: string, request: SipRequest, flow: Flow): void {
    const { clock, times, respond, user } = this.#options;
    const merged = mergeKey(request);
    const twin = merged === undefined ? undefined : this.#merged.get(merged);
    const Machine = request.method === 'INVITE' ? InviteServerTransaction : NonInviteServerTransaction;
    const transaction: ServerTransaction = new Machine({
      key: detached(key),
      mergeKey: merged && detached(merged),
      request,
      flow,
      clock,
      times,
      respond,
      ended: this.#serverEnded,
    });
    this.#servers.set(transaction.key, transaction);
    try {
      if (twin !== undefined || hasLooped(request, key => this.#clients.get(key)?.request)) {
        transaction.respond(this.#response(request, 482));
        return;
      }
      if (transaction.mergeKey !== undefined) this.#merged.set(transaction.mergeKey, transaction);
      if (request.method === 'CANCEL') this.#cancel(transaction, request);
      else user.request(transaction, request);
    } catch (error) {
      const unreadable = error instanceof SipParseError;
      transaction.respond(
        this.#response(request, unreadable ? 400 : 500, unreadable ? { reason: error.reason } : {}),
      );
      throw error;
    }
  }

  /** RFC 3261 §9.2: the CANCEL is answered at once, whatever becomes of the INVITE. */
  #cancel(transaction: ServerTransaction, request: SipRequest): void {
    const meant = this.#servers.get(serverKey(request, 'INVITE'));
    if (!(meant instanceof InviteServerTransaction)) {
      transaction.respond(this.#response(request, 481));
      return;
    }
    const tag = meant.toTag ?? this.#options.tag();
    transaction.respond(createResponse(request, 200, undefined, { toTag: tag }));
    if (meant.state === 'Proceeding') meant.user.cancelled?.(request);
  }

  #response(
    request: SipRequest,
    status: number,
    { headers = {}, reason }: { headers?: Record<string, number>; reason?: string } = {},
  ): SipResponse {
    return createResponse(request, status, reason, { toTag: this.#options.tag(), headers });
  }
}
