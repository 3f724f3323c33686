import { type Clock, systemClock } from '../clock.ts';
import { type Addressed, dialogId } from '../dialog/dialog.ts';
import { detached } from '../grammar/detached.ts';
import type { NameAddr } from '../header/name-addr.ts';
import { Members } from '../members.ts';
import { SipParseError } from '../message/errors.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { type Random, randomToken, systemRandom } from '../random.ts';
import { createResolver, type Resolver } from '../resolve/resolver.ts';
import type { SentAck } from '../session/acknowledging.ts';
import type { Session } from '../session/session.ts';
import { TimerLists } from '../timer-lists.ts';
import { type Standing, TransactionLayer } from '../transaction/layer.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import { type BaseTimes, baseTimes } from '../transaction/timers.ts';
import { TransientMap } from '../transient-map.ts';
import { type Departure, TransportLayer } from '../transport/layer.ts';
import type { OutgoingResponse } from '../transport/outgoing-response.ts';
import type { Flow, Target, Transport } from '../transport/transport.ts';
import { contactFor } from './addresses.ts';
import { ClientRequest, type ClientRequestOptions } from './client-request.ts';
import { answerOutside } from './incoming.ts';
import type { UserAgentOptions } from './options.ts';
import { OutgoingAck } from './outgoing-ack.ts';
import type { AckOptions, Stack } from './stack.ts';

const withContact: ReadonlySet<string> = new Set([
  'INVITE',
  'UPDATE',
  'SUBSCRIBE',
  'NOTIFY',
  'REFER',
  'REGISTER',
]);

/** The layers of one agent and the dialogs over them. */
export class AgentCore implements Stack {
  readonly clock: Clock;
  readonly report: (error: unknown) => void;
  readonly random: Random;
  readonly times: BaseTimes;
  readonly resolver: Resolver;
  readonly transactions: TransactionLayer;
  readonly transport: TransportLayer;
  readonly #options: UserAgentOptions;
  readonly #outside: (transaction: ServerTransaction, request: SipRequest) => void;
  readonly #sessions = new TransientMap<string, Session>();
  readonly #requests = new Members<ClientRequest>();

  /** `outside` gets the requests that name no dialog. */
  constructor(
    options: UserAgentOptions,
    outside: (transaction: ServerTransaction, request: SipRequest) => void,
  ) {
    this.#outside = outside;
    this.#options = options;
    this.report = options.onError ?? throwLater;
    this.clock = new TimerLists(options.clock ?? systemClock, this.report);
    this.random = options.random ?? systemRandom;
    this.times = { ...baseTimes, ...options.times };
    const spoken = new Set(options.transports.map(transport => transport.protocol));
    this.resolver = options.resolver ?? createResolver({ random: this.random, spoken });
    const refusal = ({ remote }: Flow) => options.doorkeeper?.refusal(remote.address);
    this.transactions = new TransactionLayer({
      clock: this.clock,
      times: this.times,
      tag: () => this.token(),
      respond: (response, flow) => this.#answer(response, flow),
      most: options.mostTransactions,
      user: {
        standing: (request, flow) => this.#standing(request, flow),
        refusal,
        request: (transaction, request) => this.#receive(transaction, request),
        ack: request => this.#guard(() => this.#sessionOf(request)?.receiveAck(request)),
      },
    });
    this.transport = new TransportLayer({
      transports: options.transports,
      tag: () => this.token(),
      ...(options.datagramBytes === undefined ? {} : { datagramBytes: options.datagramBytes }),
      user: {
        request: (request, flow) => this.#guard(() => this.transactions.receiveRequest(request, flow)),
        response: response => this.#guard(() => this.transactions.receiveResponse(response)),
        refusal,
        malformed: (error, flow) => this.#guard(() => options.onMalformed?.(error, flow)),
        failed: this.report,
        isNeeded: flow => this.#isNeeded(flow),
        flowClosed: (flow, error) => {
          if (error) this.#guard(() => this.transactions.flowLost(flow, error));
        },
      },
    });
  }

  /** Dialogs that are there. */
  get sessions(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  /** A dialog by its name, from our side. */
  session(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  start(): Promise<void> {
    return this.transport.start();
  }

  async close(): Promise<void> {
    for (const request of this.#requests) request.abandon();
    for (const session of this.sessions) session.drop('closed', 'local');
    this.transactions.close();
    await this.transport.close();
  }

  token(): string {
    return randomToken(this.random);
  }

  depart(
    request: SipRequest,
    target: Target,
    preferred?: Transport,
    contactUser = this.#options.contactUser,
  ): Departure | Promise<Departure> {
    const { name } = this.#options;
    const complete = ({ headers, method, uri }: SipRequest, transport: Transport) => {
      if (withContact.has(method) && !headers.has('Contact'))
        headers.append('Contact', contactFor(transport, target, contactUser, /^sips:/i.test(uri)));
      if (name !== undefined && !headers.has('User-Agent')) headers.append('User-Agent', name);
    };
    return this.transport.depart(request, target, `z9hG4bK${this.token()}`, complete, preferred);
  }

  contactOn(flow: Flow, secure: boolean, user = this.#options.contactUser): NameAddr {
    const transport = this.transport.listenerOf(flow);
    return contactFor(transport, flow.remote, user, secure);
  }

  send(addressed: Addressed, options: ClientRequestOptions): ClientRequest {
    const request = new ClientRequest(this, addressed, options);
    this.#requests.add(request);
    return request;
  }

  ended(request: ClientRequest): void {
    this.#requests.remove(request);
  }

  sendAck(addressed: Addressed, options: AckOptions): SentAck {
    return new OutgoingAck(this, addressed, options);
  }

  add(session: Session): void {
    this.#sessions.set(detached(session.dialog.id), session);
  }

  remove(session: Session): void {
    this.#sessions.delete(session.dialog.id);
  }

  /** Whether somebody is registered by a flow, or requests of a dialog leave by it. */
  #isNeeded(flow: Flow): boolean {
    if ((flow.registeredUntilMs ?? 0) > this.clock.now()) return true;
    const { address, port } = flow.remote;
    for (const { dialog } of this.#sessions.values()) {
      const { nextHop } = dialog.routing();
      if (nextHop.kind === 'sip' && nextHop.port === port && nextHop.address === address) return true;
    }
    return false;
  }

  #answer(response: SipResponse, flow: Flow): OutgoingResponse {
    const { name } = this.#options;
    if (name !== undefined && !response.headers.has('Server')) response.headers.append('Server', name);
    return this.transport.answer(response, flow);
  }

  /** No message and no handler can break the agent: what throws is reported. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof SipParseError)) this.report(error);
    }
  }

  #receive(transaction: ServerTransaction, request: SipRequest): void {
    const session = this.#sessionOf(request);
    if (session) session.receive(transaction, request);
    else if (request.to?.tag === undefined) this.#outside(transaction, request);
    else answerOutside(this, transaction, request, 481);
  }

  #standing(request: SipRequest, { remote }: Flow): Standing {
    if (this.#options.doorkeeper?.trusts(remote.address)) return 'trusted';
    return this.#sessionOf(request) ? 'peer' : 'stranger';
  }

  /** The dialog that a request of a peer belongs to, from our side: our tag is its To tag. */
  #sessionOf({ callId = '', to, from }: SipRequest): Session | undefined {
    return to?.tag === undefined ? undefined : this.#sessions.get(dialogId(callId, to.tag, from?.tag ?? ''));
  }
}

/** Throws where nothing is interrupted: the process hears of it as an uncaught exception. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
