import { isIP } from 'node:net';
import type { StoredPlan } from '../aws/dial-plans.ts';
import type { Outcome } from '../core/call.ts';
import { DIAL_TOKEN_LIFETIME_MS } from '../core/dial-plan.ts';
import { systemClock } from '../sip/clock.ts';
import { systemRandom } from '../sip/random.ts';
import { createResolver } from '../sip/resolve/resolver.ts';
import { TimerLists } from '../sip/timer-lists.ts';
import {
  createUserAgent,
  type IncomingInvitation,
  type IncomingRequest,
  type UserAgent,
} from '../sip/user-agent.ts';
import { BridgeCall } from './bridge-call.ts';
import { edgeLimits } from './guard.ts';
import { InHand } from './in-hand.ts';
import { openGate } from './inbound/gate.ts';
import { IncomingCall } from './inbound/incoming-call.ts';
import { memoryJournal } from './journal.ts';
import { errorFields } from './log.ts';
import { directMedia, type Side } from './media-plane.ts';
import { MovingCall, placeOf } from './moving-call.ts';
import { networks } from './networks.ts';
import type { EdgeOptions } from './options.ts';
import { OriginateCall } from './originate-call.ts';
import { legacy } from './restore.ts';
import { answerStranger } from './strangers.ts';
import type { Surroundings } from './surroundings.ts';
import { guardedResolver } from './target-guard.ts';

export type { EdgeOptions } from './options.ts';

/** The SIP edge: a back-to-back user agent (RFC 7092 §3) that carries out dial plans. */
export interface Edge {
  readonly inside: UserAgent;
  readonly outside: UserAgent;
  /** How many dials it has in hand. */
  readonly calls: number;
  /** How many more it takes. */
  readonly room: number;
  /** Opens the listeners, and goes on with what an earlier process of the same name has left. */
  start(): Promise<void>;
  /**
   * Dials the call of an `originate` plan. Resolves once it is in this edge's hands: false if the token is unknown,
   * used or expired. @throws EdgeStopping, EdgeFull, and whatever the table throws: the command is to be given again
   */
  originate(token: string): Promise<boolean>;
  /** Ends such a call with that outcome; one that has not come yet, when it comes. */
  cancel(token: string, outcome: Outcome): void;
  /** Ends one call of a `bridge` plan that still rings, with that outcome; the others go on. */
  drop(token: string, callSid: string, outcome: Outcome): void;
  /**
   * Takes the call of a `moved` plan out of its bridge, and brings it to the voice service. Nothing happens where that bridge is not
   * here, or stands no more. @throws whatever the table throws: the command is to be given again
   */
  move(token: string): Promise<void>;
  /** Whether what comes from that side of the bridge of that plan is kept from the other one. */
  mute(token: string, side: Side, isMuted: boolean): void;
  /**
   * Takes no new calls, lets those that live go on for that long, and stops. Bridges that are left are hung up, or
   * handed over: the next process of the same name finds them in the journal and goes on.
   */
  stop(options?: {
    readonly drainMs?: number;
    readonly afterwards?: 'hang-up' | 'hand-over' | undefined;
  }): Promise<void>;
}

/** The edge takes no calls any more; another one will. */
export class EdgeStopping extends Error {
  override readonly name = 'EdgeStopping';

  constructor() {
    super('This edge is being stopped and takes no new calls.');
  }
}

/** It has as many calls as it takes: another edge will, or this one later. */
export class EdgeFull extends Error {
  override readonly name = 'EdgeFull';

  constructor(calls: number) {
    super(`This edge has ${calls} calls in hand and takes no more.`);
  }
}

/** How often bridges are looked at for what no event tells, such as a peer's new Contact. */
const KEEP_EVERY_MS = 5_000;
const BUSY_RETRY_SECONDS = 30;
/** For the last BYEs, reports and events. */
const GOODBYE_MS = 3_000;

/** Makes an edge; `start` opens its listeners. */
export function createEdge(options: EdgeOptions): Edge {
  const { clock: baseClock = systemClock, random = systemRandom, log = () => {} } = options;
  const isInside = networks(options.insideNetworks);
  const onError = (error: unknown) => log('error', 'A handler failed.', errorFields(error));
  // Agents make lists of their own.
  const clock = new TimerLists(baseClock, onError);
  const resolver = options.resolver ?? createResolver({ random });
  const limits = { ...edgeLimits, ...options.limits };
  const host = (): string => hostOf(outside);
  const gate = openGate(options, { clock, random, log, limits, isInside, host });
  const shared = {
    clock: baseClock,
    random,
    name: 'Dialplane',
    onError,
    doorkeeper: gate,
    mostTransactions: limits.transactions,
  };
  const outside = createUserAgent({
    ...shared,
    transports: options.outside ?? options.inside,
    resolver: guardedResolver(resolver, options.targets),
  });
  const inside =
    options.outside === undefined
      ? outside
      : createUserAgent({ ...shared, transports: options.inside, resolver });

  const inHand = new InHand(clock);
  let draining = false;
  let keeper: object | undefined;

  const surroundings: Surroundings = {
    name: options.name,
    clock,
    random,
    log,
    inside,
    outside,
    plans: options.plans,
    bus: options.bus,
    journal: options.journal ?? memoryJournal(),
    media: options.media ?? directMedia,
    insideMeasures: options.insideMeasures ?? false,
    voiceConnector: options.voiceConnector,
    telephoneHost: options.telephoneHost,
    unseal: options.unseal,
    host,
    isOutOfReach: contact =>
      contact.kind === 'sip' &&
      isIP(contact.address) > 0 &&
      options.targets.refusal(contact.address) !== undefined,
    followRedirects: options.followRedirects ?? false,
    insideTimer: options.insideTimer,
    clients: options.clients,
  };

  function keepAll(): void {
    inHand.writeDown();
    keeper = clock.setTimeout(keepAll, KEEP_EVERY_MS);
  }

  function invited(invitation: IncomingInvitation, agent: UserAgent): void {
    const { address } = invitation.flow.remote;
    const isOurs = agent === inside && isInside(address);
    const { voiceConnector: connector } = options;
    const { admission } = gate;
    if (draining || inHand.size >= limits.dials)
      invitation.reject(503, { headers: { 'Retry-After': BUSY_RETRY_SECONDS } });
    else if (isOurs) inHand.hold(new BridgeCall(surroundings, invitation, inHand.holdBridge));
    else if (admission && connector)
      inHand.hold(
        new IncomingCall(surroundings, { connector, admission, invitation, keep: inHand.holdBridge }),
      );
    else invitation.reject(403);
  }

  function requested(incoming: IncomingRequest): void {
    if (gate.registrar && incoming.request.method === 'REGISTER') gate.registrar.receive(incoming);
    else answerStranger(incoming);
  }

  const agents = new Set([inside, outside]);
  for (const agent of agents) {
    agent.onInvite = invitation => invited(invitation, agent);
    agent.onRequest = requested;
  }
  /** A plan that an earlier process of ours has claimed, and has died over before it wrote a word of it. */
  async function forsaken(token: string): Promise<StoredPlan | undefined> {
    const stored = inHand.has(token) ? undefined : await options.plans.get(token);
    const isOurs = stored?.claimedBy === options.name && !stored.closed && stored.report === undefined;
    const isLate = (stored?.plan.expiresAtMs ?? 0) + DIAL_TOKEN_LIFETIME_MS < clock.now();
    return isOurs && !isLate && !inHand.has(token) ? stored : undefined;
  }

  const wait = (ms: number) =>
    new Promise<void>(resolve => {
      clock.setTimeout(resolve, ms);
    });

  return {
    inside,
    outside,
    get calls() {
      return inHand.size;
    },

    get room() {
      return Math.max(0, limits.dials - inHand.size);
    },

    async start() {
      const { resume } = await legacy(surroundings);
      for (const bridge of resume()) inHand.holdBridge(bridge);
      await Promise.all([...agents].map(agent => agent.start()));
      keepAll();
    },

    async originate(token) {
      const { voiceConnector: connector } = options;
      if (connector === undefined) throw new TypeError('This edge has no Voice Connector to call.');
      if (draining) throw new EdgeStopping();
      if (inHand.size >= limits.dials) throw new EdgeFull(inHand.size);
      const stored =
        (await options.plans.claim(token, options.name, Math.floor(clock.now()))) ?? (await forsaken(token));
      if (stored?.plan.kind !== 'originate') return false;
      inHand.take(token, new OriginateCall({ surroundings, connector, stored, keep: inHand.keep }));
      return true;
    },

    cancel: (token, outcome) => inHand.cancel(token, outcome),

    drop: (token, callSid, outcome) => inHand.drop(token, callSid, outcome),

    async move(token) {
      const { voiceConnector: connector } = options;
      if (connector === undefined) throw new TypeError('This edge has no Voice Connector to call.');
      const stored = await options.plans.get(token);
      const place = stored && placeOf(stored, clock.now());
      const bridge = place && inHand.bridgeAt(place);
      if (stored === undefined || bridge === undefined || inHand.has(token)) return;
      inHand.take(token, new MovingCall({ surroundings, connector, stored, bridge, keep: inHand.keep }));
    },

    mute: (token, side, isMuted) => inHand.mute(token, side, isMuted),

    async stop({ drainMs = 0, afterwards = 'hang-up' } = {}) {
      draining = true;
      await Promise.race([inHand.emptied(), wait(drainMs)]);
      const over = afterwards === 'hand-over' ? inHand.handOver() : inHand.end();
      await Promise.race([over, wait(GOODBYE_MS)]);
      clock.clearTimeout(keeper);
      // In the same moment as nothing is heard any more: a BYE would be answered, and passed on to nobody.
      inHand.release();
      await Promise.all([...agents].map(agent => agent.close()));
    },
  };
}

/** What an agent calls itself towards others. */
function hostOf(agent: UserAgent): string {
  const [transport] = agent.transport.transports;
  return transport?.advertised?.host ?? transport?.local.address ?? 'localhost';
}
