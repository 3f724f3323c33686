import { type Clock, systemClock } from '../clock.ts';
import type { Addressed } from '../dialog/dialog.ts';
import { Dialog, dialogId } from '../dialog/dialog.ts';
import { OfferAnswer } from '../dialog/offer-answer.ts';
import { DigestClient } from '../digest/client.ts';
import type { NameAddr } from '../header/name-addr.ts';
import { SipParseError } from '../message/errors.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { serialise } from '../message/serialise.ts';
import { type Random, randomToken, systemRandom } from '../random.ts';
import { type RegisterOptions, Registration } from '../registrar/registration.ts';
import { createResolver, type Resolver } from '../resolve/resolver.ts';
import type { SentAck } from '../session/acknowledging.ts';
import { capabilityHeaders } from '../session/capabilities.ts';
import { failureError } from '../session/core.ts';
import { IncomingInvitation } from '../session/incoming-invitation.ts';
import type { IncomingRequest } from '../session/incoming-request.ts';
import { OutgoingInvitation } from '../session/outgoing-invitation.ts';
import { pairs } from '../session/pairs.ts';
import { Session, type SessionSnapshot } from '../session/session.ts';
import { refusedInterval } from '../session-timer/session-timer.ts';
import { InviteServerTransaction } from '../transaction/invite-server.ts';
import { TransactionLayer } from '../transaction/layer.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import { type BaseTimes, baseTimes } from '../transaction/timers.ts';
import { type Departure, TransportLayer } from '../transport/layer.ts';
import type { Flow, Target, Transport } from '../transport/transport.ts';
import type { Uri } from '../uri/uri.ts';
import { contactFor, destinationOf } from './addresses.ts';
import { ClientRequest, type ClientRequestOptions } from './client-request.ts';
import { guardedClock, throwLater } from './guard.ts';
import { answerOutside, isRefused } from './incoming.ts';
import type {
  CredentialsFor,
  InviteOptions,
  OutOfDialogOptions,
  RequestOptions,
  UserAgentOptions,
} from './options.ts';
import { replacement } from './replaces.ts';
import { outOfDialogRequest } from './requests.ts';
import type { Stack } from './stack.ts';

const withContact: ReadonlySet<string> = new Set([
  'INVITE',
  'UPDATE',
  'SUBSCRIBE',
  'NOTIFY',
  'REFER',
  'REGISTER',
]);

/** One user agent: its listeners, transactions and dialogs (RFC 3261 §8, §12, §13). Made by `createUserAgent`. */
export class UserAgent implements Stack {
  readonly clock: Clock;
  readonly report: (error: unknown) => void;
  readonly random: Random;
  readonly times: BaseTimes;
  readonly resolver: Resolver;
  readonly transactions: TransactionLayer;
  readonly transport: TransportLayer;
  /** Set it to take calls. Without it they get 480. */
  onInvite: ((invitation: IncomingInvitation) => void) | undefined;
  /** Set it to take other requests outside dialogs. Without it OPTIONS gets 200 and the rest 405. */
  onRequest: ((incoming: IncomingRequest) => void) | undefined;
  readonly #options: UserAgentOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #requests = new Set<ClientRequest>();
  readonly #registrations = new Set<Registration>();
  readonly #transportOf = new WeakMap<Flow, Transport>();

  constructor(options: UserAgentOptions) {
    this.#options = options;
    this.report = options.onError ?? throwLater;
    this.clock = guardedClock(options.clock ?? systemClock, this.report);
    this.random = options.random ?? systemRandom;
    this.times = { ...baseTimes, ...options.times };
    const spoken = new Set(options.transports.map(transport => transport.protocol));
    this.resolver = options.resolver ?? createResolver({ random: this.random, spoken });
    this.transactions = new TransactionLayer({
      clock: this.clock,
      times: this.times,
      tag: () => this.token(),
      user: {
        request: transaction => this.#guard(transaction, () => this.#receive(transaction)),
        ack: request =>
          this.#guard(undefined, () => this.#sessions.get(sessionKey(request))?.receiveAck(request)),
      },
    });
    this.transport = new TransportLayer({
      transports: options.transports,
      tag: () => this.token(),
      ...(options.datagramBytes === undefined ? {} : { datagramBytes: options.datagramBytes }),
      user: {
        request: (request, flow, transport) => {
          this.#transportOf.set(flow, transport);
          this.transactions.receiveRequest(request, flow, (response, failed) => {
            if (options.name !== undefined && !response.headers.has('Server'))
              response.headers.append('Server', options.name);
            this.transport.respond(response, flow, transport, failed);
          });
        },
        response: response => this.#guard(undefined, () => this.transactions.receiveResponse(response)),
        malformed: (error, flow) => options.onMalformed?.(error, flow),
        flowClosed: () => {},
      },
    });
  }

  /** Dialogs that are there. */
  get sessions(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  /** Starts every listener. */
  start(): Promise<void> {
    return this.transport.start();
  }

  /** Stops at once: nothing is sent any more, no timer is left, every listener is closed. Calls are to be ended before. */
  async close(): Promise<void> {
    for (const registration of this.#registrations) registration.stop();
    for (const request of this.#requests) request.abandon();
    for (const session of this.sessions) session.drop('closed', 'local');
    this.transactions.close();
    await this.transport.close();
  }

  /** Calls somebody (RFC 3261 §13.2): the INVITE leaves as soon as its target is resolved. */
  invite(target: string | Uri, options: InviteOptions = {}): OutgoingInvitation {
    const { sdp, sessionTimer, forks, onOffer, ...request } = options;
    const body = sdp === undefined ? {} : { contentType: 'application/sdp', body: sdp };
    const headers = [...capabilityHeaders, ...pairs(options.headers)];
    const addressed = this.#make({ ...request, headers, method: 'INVITE', uri: target, ...body });
    return new OutgoingInvitation({
      stack: this,
      addressed,
      sdp,
      forks,
      onOffer,
      timer: sessionTimer ?? this.#options.sessionTimer,
      authenticator: this.#authenticator(options),
    });
  }

  /** Sends a request outside any dialog and waits for its final response. @throws SessionError when none comes */
  request(options: RequestOptions): Promise<SipResponse> {
    const addressed = this.#make(options);
    const authenticator = this.#authenticator(options);
    let sequence = addressed.request.cseq?.number ?? 1;
    return new Promise((resolve, reject) => {
      this.send(addressed, {
        authenticator,
        nextSequence: () => {
          options.sequenceUsed?.(++sequence);
          return sequence;
        },
        handlers: { final: resolve, failed: failure => reject(failureError(failure)) },
      });
    });
  }

  /** Registers at a registrar and keeps the binding (RFC 3261 §10.2). */
  register(registrar: string, options: RegisterOptions): Registration {
    const registration = new Registration({
      stack: this,
      registrar,
      options,
      request: request => this.request(request),
    });
    this.#registrations.add(registration);
    return registration;
  }

  /** Goes on with a confirmed session that was written down, perhaps by another process. */
  restore(
    snapshot: SessionSnapshot,
    options: { readonly credentials?: CredentialsFor | undefined } = {},
  ): Session {
    const session = new Session({
      stack: this,
      dialog: Dialog.restore(snapshot.dialog),
      exchange: OfferAnswer.restore(snapshot.localSdp, snapshot.remoteSdp),
      timer: snapshot.sessionTimer,
      authenticator: this.#authenticator(options),
    });
    session.timer.resume(snapshot.agreement);
    return session;
  }

  token(): string {
    return randomToken(this.random);
  }

  depart(request: SipRequest, target: Target): Promise<Departure> {
    return this.transport.depart(request, target, `z9hG4bK${this.token()}`, (copy, transport) => {
      const { headers, method } = copy;
      if (withContact.has(method) && !headers.has('Contact')) {
        const secure = /^sips:/i.test(copy.uri);
        headers.append('Contact', contactFor(transport, target, this.#options.contactUser, secure));
      }
      if (this.#options.name !== undefined && !headers.has('User-Agent'))
        headers.append('User-Agent', this.#options.name);
    });
  }

  contactOn(flow: Flow, secure: boolean): NameAddr {
    const transport =
      this.#transportOf.get(flow) ?? this.transport.transportFor({ ...flow.remote, protocol: flow.protocol });
    return contactFor(transport, flow.remote, this.#options.contactUser, secure);
  }

  send(addressed: Addressed, options: ClientRequestOptions): ClientRequest {
    const done = () => this.#requests.delete(request);
    const { handlers } = options;
    const request: ClientRequest = new ClientRequest(this, addressed, {
      ...options,
      handlers: {
        ...handlers,
        final: (response, sent) => {
          done();
          handlers.final(response, sent);
        },
        failed: failure => {
          done();
          handlers.failed(failure);
        },
      },
    });
    this.#requests.add(request);
    return request;
  }

  sendAck({ request, nextHop }: Addressed, after: Promise<unknown> = Promise.resolve()): SentAck {
    const ready = after.then(() => this.#departAck(request, nextHop));
    const again = () => ready.then(send => send?.());
    return { departed: again(), again: () => void again() };
  }

  add(session: Session): void {
    this.#sessions.set(session.dialog.id, session);
  }

  remove(session: Session): void {
    this.#sessions.delete(session.dialog.id);
  }

  async #departAck(request: SipRequest, nextHop: Uri): Promise<(() => void) | undefined> {
    const destination = destinationOf(nextHop);
    if (destination === undefined) return undefined;
    try {
      for await (const target of this.resolver.targets(destination)) {
        const departure = await this.depart(request, target).catch(() => undefined);
        if (departure === undefined) continue;
        const bytes = serialise(departure.request);
        return () => departure.flow.send(bytes);
      }
    } catch {
      // Nobody to tell: the peer repeats its 2xx, and ends the call when no ACK comes (RFC 3261 §13.3.1.4).
    }
    return undefined;
  }

  #make(options: RequestOptions): Addressed {
    const from = this.#options.from ?? 'sip:anonymous@anonymous.invalid';
    const { request, nextHop } = outOfDialogRequest(options, { from, token: () => this.token() });
    return { request, nextHop };
  }

  #authenticator({ credentials = this.#options.credentials }: OutOfDialogOptions): DigestClient | undefined {
    return credentials && new DigestClient({ credentials, random: this.random });
  }

  /** No message and no handler can break the agent: what throws is answered, and reported. */
  #guard(transaction: ServerTransaction | undefined, run: () => void): void {
    try {
      run();
    } catch (error) {
      const unreadable = error instanceof SipParseError;
      if (transaction)
        answerOutside(this, transaction, incoming =>
          incoming.respond(unreadable ? 400 : 500, unreadable ? { reason: error.reason } : {}),
        );
      if (!unreadable) this.report(error);
    }
  }

  #receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (request.to?.tag !== undefined) {
      const session = this.#sessions.get(sessionKey(request));
      if (session) session.receive(transaction);
      else answerOutside(this, transaction, 481);
    } else if (isRefused(this, transaction, this.onRequest !== undefined)) return;
    else if (transaction instanceof InviteServerTransaction) this.#invited(transaction);
    else answerOutside(this, transaction, this.onRequest);
  }

  #invited(transaction: InviteServerTransaction): void {
    if (!this.onInvite) {
      answerOutside(this, transaction, 480);
      return;
    }
    const headers = refusedInterval(transaction.request, this.#options.sessionTimer);
    if (headers !== undefined) {
      answerOutside(this, transaction, incoming => incoming.respond(422, { headers }));
      return;
    }
    const replaced = replacement(transaction.request, id => this.#sessions.get(id));
    if (replaced.kind === 'refused') {
      answerOutside(this, transaction, replaced.status);
      return;
    }
    const timer = this.#options.sessionTimer;
    const replaces = replaced.kind === 'session' ? replaced.session : undefined;
    const invitation = new IncomingInvitation({ stack: this, transaction, timer, replaces });
    try {
      this.onInvite(invitation);
    } catch (error) {
      invitation.reject(500);
      throw error;
    }
  }
}

/** The dialog that a request of a peer belongs to, from our side: our tag is its To tag. */
function sessionKey(request: SipRequest): string {
  return dialogId(request.callId ?? '', request.to?.tag ?? '', request.from?.tag ?? '');
}
