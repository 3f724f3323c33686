import { Dialog } from '../dialog/dialog.ts';
import { OfferAnswer } from '../dialog/offer-answer.ts';
import { DigestClient } from '../digest/client.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { type RegisterOptions, Registration } from '../registrar/registration.ts';
import { capabilityHeaders } from '../session/capabilities.ts';
import { failureError } from '../session/core.ts';
import { IncomingInvitation } from '../session/incoming-invitation.ts';
import type { IncomingRequest } from '../session/incoming-request.ts';
import { OutgoingInvitation } from '../session/outgoing-invitation.ts';
import { pairs } from '../session/pairs.ts';
import { sdpBody } from '../session/sdp.ts';
import { Session } from '../session/session.ts';
import type { SessionSnapshot } from '../session/session-types.ts';
import { refusedInterval } from '../session-timer/session-timer.ts';
import { InviteServerTransaction } from '../transaction/invite-server.ts';
import type { TransactionLayer } from '../transaction/layer.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import type { TransportLayer } from '../transport/layer.ts';
import type { Uri } from '../uri/uri.ts';
import { AgentCore } from './core.ts';
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

/** From of requests that name nobody (RFC 3261 §8.1.1.3). */
const ANONYMOUS = 'sip:anonymous@anonymous.invalid';

/** One user agent: its listeners, transactions and dialogs (RFC 3261 §8, §12, §13). Made by `createUserAgent`. */
export class UserAgent {
  /** Set it to take calls. Without it they get 480. */
  onInvite: ((invitation: IncomingInvitation) => void) | undefined;
  /** Set it to take other requests outside dialogs. Without it OPTIONS gets 200 and the rest 405. */
  onRequest: ((incoming: IncomingRequest) => void) | undefined;
  readonly core: AgentCore;
  readonly #options: UserAgentOptions;
  readonly #registrations = new Set<Registration>();

  constructor(options: UserAgentOptions) {
    this.#options = options;
    this.core = new AgentCore(options, (transaction, request) => this.#receive(transaction, request));
  }

  /** Its listeners. */
  get transport(): TransportLayer {
    return this.core.transport;
  }

  /** Its open transactions. */
  get transactions(): TransactionLayer {
    return this.core.transactions;
  }

  /** Dialogs that are there. */
  get sessions(): readonly Session[] {
    return this.core.sessions;
  }

  /** Starts every listener. */
  start(): Promise<void> {
    return this.core.start();
  }

  /** Stops at once: nothing is sent any more, no timer is left, every listener is closed. Calls are to be ended before. */
  close(): Promise<void> {
    for (const registration of this.#registrations) registration.stop();
    return this.core.close();
  }

  /** Calls somebody (RFC 3261 §13.2): the INVITE leaves as soon as its target is resolved. */
  invite(target: string | Uri, options: InviteOptions = {}): OutgoingInvitation {
    const { sdp, sessionTimer, forks, onOffer, isOutOfReach, ...request } = options;
    const headers = [...capabilityHeaders, ...pairs(options.headers)];
    const addressed = this.#make({ ...request, headers, method: 'INVITE', uri: target, ...sdpBody(sdp) });
    return new OutgoingInvitation({
      stack: this.core,
      addressed,
      sdp,
      forks,
      onOffer,
      isOutOfReach,
      transport: options.transport,
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
      this.core.send(addressed, {
        authenticator,
        transport: options.transport,
        nextSequence: () => {
          sequence++;
          options.sequenceUsed?.(sequence);
          return sequence;
        },
        handlers: { final: resolve, failed: failure => reject(failureError(failure)) },
      });
    });
  }

  /** Registers at a registrar and keeps the binding (RFC 3261 §10.2). */
  register(registrar: string, options: RegisterOptions): Registration {
    const registration: Registration = new Registration({
      stack: this.core,
      registrar,
      options,
      request: request => this.request(request),
      ended: () => this.#registrations.delete(registration),
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
      stack: this.core,
      dialog: Dialog.restore(snapshot.dialog),
      exchange: OfferAnswer.restore(snapshot.localSdp, snapshot.remoteSdp),
      timer: snapshot.timer.options,
      authenticator: this.#authenticator(options),
    });
    session.confirmed();
    session.timer.resume(snapshot.timer);
    return session;
  }

  #make(options: RequestOptions) {
    const from = this.#options.from ?? ANONYMOUS;
    return outOfDialogRequest(options, { from, token: () => this.core.token() });
  }

  #authenticator({ credentials = this.#options.credentials }: OutOfDialogOptions): DigestClient | undefined {
    return credentials && new DigestClient({ credentials, random: this.core.random });
  }

  /** A request that names no dialog. */
  #receive(transaction: ServerTransaction, request: SipRequest): void {
    if (isRefused(this.core, transaction, request, this.onRequest !== undefined)) return;
    if (transaction instanceof InviteServerTransaction) this.#invited(transaction, request);
    else answerOutside(this.core, transaction, request, this.onRequest);
  }

  #invited(transaction: InviteServerTransaction, request: SipRequest): void {
    if (!this.onInvite) {
      answerOutside(this.core, transaction, request, 480);
      return;
    }
    const headers = refusedInterval(request, this.#options.sessionTimer);
    if (headers !== undefined) {
      answerOutside(this.core, transaction, request, incoming => incoming.respond(422, { headers }));
      return;
    }
    const replaced = replacement(request, id => this.core.session(id));
    if (replaced.kind === 'refused') {
      answerOutside(this.core, transaction, request, replaced.status);
      return;
    }
    const timer = this.#options.sessionTimer;
    const replaces = replaced.kind === 'session' ? replaced.session : undefined;
    const invitation = new IncomingInvitation({ stack: this.core, transaction, request, timer, replaces });
    try {
      this.onInvite(invitation);
    } catch (error) {
      invitation.reject(500);
      throw error;
    }
  }
}
