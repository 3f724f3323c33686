import type { Bus, BusEvent } from '../../../aws/bus.ts';
import type { Call } from '../../../core/call.ts';
import type { DialPlan } from '../../../core/dial-plan.ts';
import type { CallEvent } from '../../../core/event.ts';
import type { SipTarget } from '../../../core/sip-target.ts';
import { createEdge, type Edge, type EdgeOptions } from '../../../edge/edge.ts';
import { type Journal, memoryJournal } from '../../../edge/journal.ts';
import type { SessionError } from '../../../sip/dialog/errors.ts';
import type { SipMessage, SipRequest, SipResponse } from '../../../sip/message/message.ts';
import type { IncomingInvitation } from '../../../sip/session/incoming-invitation.ts';
import type { Session } from '../../../sip/session/session.ts';
import { type InviteOptions, sdpOf, type UserAgent, type UserAgentOptions } from '../../../sip/user-agent.ts';
import { Stage } from '../../sip/support/stage.ts';
import { shortLine } from '../../sip/support/virtual-network.ts';
import { MemoryPlans } from './memory-plans.ts';

export const CONNECTOR = '10.0.0.9';
/** The Voice Connector to the telephone network. */
export const TELEPHONE = '10.0.0.8';
export const INSIDE = '10.0.0.1';
export const OUTSIDE = '10.1.0.1';

/** A Voice Connector's offer: PCMU and telephone-event. */
export const CONNECTOR_SDP = [
  'v=0',
  'o=- 1 1 IN IP4 10.0.0.9',
  's=-',
  'c=IN IP4 10.0.0.9',
  't=0 0',
  'm=audio 5000 RTP/AVP 0 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-15',
  'a=ptime:20',
  '',
].join('\r\n');

/** A target's answer at some address, with these payload types. */
export const answerAt = (address: string, payloads = '0 101', port = 4_000) =>
  [
    'v=0',
    `o=- 2 1 IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio ${port} RTP/AVP ${payloads}`,
    ...(payloads.includes('101') ? ['a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15'] : []),
    '',
  ].join('\r\n');

export const TOKEN = 'abcdefghijklmnopqrstuvwx';
const ROOT = `CA${'0'.repeat(28)}0000`;

/** What a target's phone does when it is called. */
export type Phone = (invitation: IncomingInvitation) => void;

/** An edge between a Voice Connector and phones, all of it on a virtual network and clock. */
export class EdgeStage extends Stage {
  readonly plans = new MemoryPlans();
  readonly events: CallEvent[] = [];
  /** Set it to make publishing fail. */
  busBroken = false;
  readonly journal: Journal = memoryJournal();
  readonly logs: string[] = [];
  edge!: Edge;
  connector!: UserAgent;

  readonly bus: Bus = {
    publish: async (events: readonly BusEvent[]) => {
      if (this.busBroken) throw new Error('The bus is broken.');
      this.events.push(...(structuredClone(events) as CallEvent[]));
    },
  };

  /** Starts an edge and the Voice Connector. */
  static async open(
    options: Partial<EdgeOptions> = {},
    connector: Partial<UserAgentOptions> = {},
  ): Promise<EdgeStage> {
    const stage = new EdgeStage();
    stage.edge = await stage.startEdge(options);
    stage.connector = await stage.agent(CONNECTOR, connector);
    return stage;
  }

  async startEdge(options: Partial<EdgeOptions> = {}): Promise<Edge> {
    const edge = createEdge({
      name: 'edge-1',
      plans: this.plans,
      bus: this.bus,
      journal: this.journal,
      unseal: async ({ ciphertext }) => Buffer.from(ciphertext, 'base64').toString(),
      inside: [this.network.transport(INSIDE)],
      outside: [
        this.network.transport(OUTSIDE),
        this.network.transport(OUTSIDE, 'TCP'),
        this.network.transport(OUTSIDE, 'TLS'),
      ],
      insideNetworks: ['10.0.0.0/24'],
      targets: { refusal: () => undefined },
      clock: this.clock,
      random: this.random,
      log: (level, message, fields) => {
        this.logs.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
      },
      ...options,
    });
    await edge.start();
    return edge;
  }

  /** Puts a plan for these targets; the n-th rings at 10.2.0.n, n ≥ 1, unless it says otherwise. */
  async plan(targets: readonly Partial<SipTarget>[], plan: Partial<DialPlan> = {}): Promise<DialPlan> {
    const made: DialPlan = {
      token: TOKEN,
      kind: 'bridge',
      accountSid: 'AC1',
      dialect: 'signalwire',
      rootSid: ROOT,
      calls: targets.map((_, index) => initiated(index)),
      targets: targets.map((target, index) => ({ ...plainTarget(index), ...target })),
      callerId: '+15550100',
      ringTimeoutSeconds: 30,
      timeLimitSeconds: 14_400,
      hangupOnStar: false,
      expiresAtMs: this.clock.now() + 60_000,
      ...plan,
    };
    await this.plans.put(made);
    return made;
  }

  /** A phone at 10.2.0.n. */
  async phone(n: number, phone: Phone, options: Partial<UserAgentOptions> = {}): Promise<UserAgent> {
    const agent = await this.agent(phoneAddress(n), options);
    agent.onInvite = phone;
    return agent;
  }

  /** The Voice Connector calls the edge with a token. */
  call(options: InviteOptions = {}, token = TOKEN): ConnectorCall {
    const outgoing = this.connector.invite(`sip:${token}@${INSIDE}`, { sdp: CONNECTOR_SDP, ...options });
    const call: ConnectorCall = { outgoing, session: undefined, failed: undefined, progress: [] };
    outgoing.on('accepted', session => {
      call.session = session;
    });
    outgoing.on('failed', error => {
      call.failed = error;
    });
    outgoing.on('progress', response => call.progress.push(response));
    return call;
  }

  /** `9 INVITE`, `1 200 INVITE`: what went between the connector and the edge. */
  get insideLadder(): string[] {
    return this.#ladder(({ from, to }) => [from.address, to.address].includes(CONNECTOR));
  }

  /** What went between the edge (`edge`) and the phones (by their number). */
  get outsideLadder(): string[] {
    return this.#ladder(({ from, to }) => [from.address, to.address].includes(OUTSIDE));
  }

  /** Requests that the n-th phone got. */
  requestsTo(n: number, method: string): SipRequest[] {
    return this.#messages(
      ({ to, message }) =>
        to.address === phoneAddress(n) && message.isRequest && (message as SipRequest).method === method,
    ) as SipRequest[];
  }

  /** Responses that the connector got to its INVITE. */
  get responsesInside(): SipResponse[] {
    return this.#messages(
      ({ to, message }) =>
        to.address === CONNECTOR && !message.isRequest && message.cseq?.method === 'INVITE',
    ) as SipResponse[];
  }

  /** `1 ringing`, `1 completed busy`: the events of each branch, by its number. */
  get told(): string[] {
    return this.events.map(({ type, detail }) => {
      const n = Number.parseInt(detail.call.sid.slice(-4), 16);
      const word = type.replace('Call ', '').toLowerCase();
      return word === 'completed' ? `${n} completed ${detail.call.status}` : `${n} ${word}`;
    });
  }

  /** Where the edge tells a dialog something in another session than before, or not as the next version of it (RFC 3264 §8). */
  get originFaults(): string[] {
    const told = new Map<string, string>();
    const faults: string[] = [];
    for (const { from, message } of this.network.passages) {
      const own = message.isRequest ? message.from?.tag : message.to?.tag;
      const sdp = nameOf(from.address) === 'edge' ? sdpOf(message) : undefined;
      if (sdp === undefined) continue;
      const dialog = `${message.callId} ${own}`;
      const before = told.get(dialog);
      told.set(dialog, sdp);
      if (before === undefined || before === sdp) continue;
      const [was, is] = [before, sdp].map(originOf);
      const isNext =
        was?.session === is?.session && was?.place === is?.place && is?.version === Number(was?.version) + 1;
      if (!isNext) faults.push(`${was?.line} -> ${is?.line}`);
    }
    return faults;
  }

  #ladder(keep: (passage: Stage['network']['passages'][number]) => boolean): string[] {
    return this.network.passages
      .filter(keep)
      .map(({ from, message }) => `${nameOf(from.address)} ${shortLine(message)}`);
  }

  #messages(keep: (passage: Stage['network']['passages'][number]) => boolean): SipMessage[] {
    return this.network.passages.filter(keep).map(({ message }) => message);
  }
}

/** The connector's side of a call. */
export interface ConnectorCall {
  readonly outgoing: ReturnType<UserAgent['invite']>;
  session: Session | undefined;
  failed: SessionError | undefined;
  readonly progress: SipResponse[];
}

/** A phone that rings, and what it was called with. */
export function ringingPhone(): Phone & { readonly calls: IncomingInvitation[] } {
  const calls: IncomingInvitation[] = [];
  return Object.assign(
    (invitation: IncomingInvitation) => {
      calls.push(invitation);
      invitation.progress(180);
    },
    { calls },
  );
}

/** A phone that rings and answers after a while, and then takes what it is offered, if it is told to. */
export function answeringPhone(
  stage: EdgeStage,
  n: number,
  {
    afterMs = 1_000,
    payloads = '0 101',
    takesOffers = false,
  }: { afterMs?: number; payloads?: string; takesOffers?: boolean } = {},
): Phone & { readonly sessions: Session[] } {
  const sessions: Session[] = [];
  return Object.assign(
    (invitation: IncomingInvitation) => {
      invitation.progress(180);
      stage.clock.setTimeout(() => {
        if (invitation.state !== 'open') return;
        const sdp = answerAt(phoneAddress(n), payloads);
        const session = invitation.accept({ sdp });
        if (takesOffers) session.onOffer = offer => offer.accept(sdp);
        sessions.push(session);
      }, afterMs);
    },
    { sessions },
  );
}

/** A target that is a number. */
export const telephone = (number: string): Partial<SipTarget> => ({
  uri: `tel:${number}`,
  codecs: ['PCMU'],
  telephone: { number, callerId: '+12025550110' },
});

/** A phone that refuses. */
export const refusingPhone =
  (status: number, headers: Readonly<Record<string, string>> = {}): Phone =>
  invitation =>
    invitation.reject(status, { headers });

export const phoneAddress = (n: number) => `10.2.0.${n}`;

export const childSid = (n: number) => ROOT.slice(0, -4) + n.toString(16).padStart(4, '0');

/** The n-th target's call, as the control plane leaves it. */
export function initiated(index: number): Call {
  return {
    sid: childSid(index + 1),
    parentSid: ROOT,
    direction: 'outbound-dial',
    to: plainTarget(index).uri,
    from: '+15550100',
    status: 'initiated',
    createdAtMs: 0,
    updatedAtMs: 0,
    startedAtMs: 0,
    nextEvent: 1,
    nextCallback: 1,
    callback: {
      url: 'https://example.com/status',
      method: 'POST',
      events: ['initiated', 'ringing', 'answered', 'completed'],
    },
  };
}

function plainTarget(index: number): SipTarget {
  return {
    kind: 'sip',
    uri: `sip:bob@${phoneAddress(index + 1)}`,
    transport: 'udp',
    headers: [],
    codecs: ['PCMU', 'PCMA'],
  };
}

function originOf(sdp: string) {
  const [line = '', session, version, place] = /^o=(\S+ \S+) (\d+) (.*)$/m.exec(sdp) ?? [];
  return { line, session, version: Number(version), place };
}

function nameOf(address: string): string {
  if (address === INSIDE || address === OUTSIDE) return 'edge';
  return address === CONNECTOR ? 'vc' : (address.split('.').at(-1) ?? '');
}
