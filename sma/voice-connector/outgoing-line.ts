import { NoPortError } from '../../rtp/ports.ts';
import { Params } from '../../sip/grammar/params.ts';
import { NameAddr } from '../../sip/header/name-addr.ts';
import { sdpOf } from '../../sip/session/sdp.ts';
import { SipUri } from '../../sip/uri/sip-uri.ts';
import type { OutgoingInvitation, Session, UserAgent } from '../../sip/user-agent.ts';
import type { Clock, Timer } from '../clock.ts';
import type { SmaOptions } from '../options.ts';
import type { Random } from '../random.ts';
import { readAudio } from '../rtp/session-description.ts';
import type { ConnectorCall } from './connector-call.ts';
import { ConnectorLine } from './connector-line.ts';
import { type OriginationRoute, routeOrder } from './origination-route.ts';

/** What an outgoing call needs of its connector. */
export interface OutgoingSurroundings {
  agent: UserAgent;
  arn: string;
  local: { address: string; port: number };
  routes: readonly OriginationRoute[];
  clock: Clock;
  random: Random;
  options: SmaOptions;
  /** Hears of errors that are nobody's fault outside. */
  report: (error: unknown) => void;
}

export interface ConnectorDestination {
  from: string;
  user: string;
  headers: Record<string, string>;
}

const REQUEST_TIMEOUT = 408;
const SERVER_ERRORS = 500;
const GLOBAL_FAILURES = 600;
const NOT_ACCEPTABLE = 488;
const UNAVAILABLE = 503;
/** The service counts down how often a call may come back to it. */
const MAX_LOOPS = 4;

/** A call that the service places: its routes one after another, until one of them does more than fail. */
export class OutgoingLine extends ConnectorLine {
  readonly #around: OutgoingSurroundings;
  readonly #to: ConnectorDestination;
  readonly #routes: OriginationRoute[];
  #invitation: OutgoingInvitation | undefined;
  #routeTimer: Timer | undefined;
  #lastCode = UNAVAILABLE;

  constructor(around: OutgoingSurroundings, call: ConnectorCall, to: ConnectorDestination) {
    super(call);
    this.#around = around;
    this.#to = to;
    this.#routes = routeOrder(around.routes, around.random);
    void this.#begin();
  }

  ring(): void {}
  answer(): void {}

  hangUp(): void {
    this.#routeTimer?.cancel();
    this.call.end();
    this.#invitation?.cancel();
  }

  async #begin(): Promise<void> {
    try {
      if (await this.call.openAudio()) this.#tryNext();
    } catch (error) {
      this.call.farEnded(UNAVAILABLE);
      if (!(error instanceof NoPortError)) this.#around.report(error);
    }
  }

  #tryNext(): void {
    const route = this.#routes.shift();
    if (route === undefined) {
      this.call.farEnded(this.#lastCode);
      return;
    }
    const { clock, options } = this.#around;
    const invitation = this.#invite(route);
    this.#invitation = invitation;
    this.#routeTimer?.cancel();
    this.#routeTimer = clock.after(options.routeTimeoutMs, () => {
      if (!invitation.proceeding && isOurs()) this.#failed(REQUEST_TIMEOUT);
    });
    const isOurs = () => this.#invitation === invitation && !this.call.isOver;
    invitation.on('progress', response => {
      if (!isOurs()) return;
      this.#hear(sdpOf(response));
      this.call.events?.ringing();
    });
    invitation.on('accepted', session => {
      if (isOurs()) this.#accepted(session);
    });
    invitation.on('failed', error => {
      if (isOurs()) this.#failed(error.status);
    });
  }

  #accepted(session: Session): void {
    this.#routeTimer?.cancel();
    if (this.#hear(session.remoteSdp)) {
      this.call.established(session);
      this.call.events?.answered();
    } else {
      session.bye();
      this.call.farEnded(NOT_ACCEPTABLE);
    }
  }

  #failed(sipCode: number): void {
    this.#routeTimer?.cancel();
    this.#invitation?.cancel();
    this.#lastCode = sipCode;
    const isServers = sipCode === REQUEST_TIMEOUT || (sipCode >= SERVER_ERRORS && sipCode < GLOBAL_FAILURES);
    if (isServers && this.#around.options.routeFailOver === 'server-errors') this.#tryNext();
    else this.call.farEnded(sipCode);
  }

  /** Takes the callee's answer. False when there is none that we understand. */
  #hear(sdp: string | undefined): boolean {
    const remote = sdp === undefined ? undefined : readAudio(sdp);
    if (remote !== undefined) this.call.connect(remote);
    return remote !== undefined;
  }

  /** As a Voice Connector writes it. */
  #invite({ host, port, protocol }: OriginationRoute): OutgoingInvitation {
    const { agent, arn, local } = this.#around;
    const { from, user, headers } = this.#to;
    const params = Params.ofUri({ transport: protocol });
    return agent.invite(new SipUri({ user, host, port, params }), {
      from: new NameAddr({ uri: new SipUri({ user: from, host: local.address, port: local.port }) }),
      to: new NameAddr({ uri: new SipUri({ user, host, port }) }),
      headers: {
        ...headers,
        'X-VoiceConnector-ID': arn.slice(arn.lastIndexOf('/') + 1),
        'X-SMA-Max-Forwards': MAX_LOOPS,
        'X-Amzn-TargetArn': arn,
      },
      sdp: this.call.offer(),
    });
  }
}
