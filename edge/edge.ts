import type { Bus } from '../aws/bus.ts';
import type { DialPlans } from '../aws/dial-plans.ts';
import type { Sealed } from '../core/sip-target.ts';
import { systemClock } from '../sip/clock.ts';
import { type Random, systemRandom } from '../sip/random.ts';
import { createResolver, type Resolver } from '../sip/resolve/resolver.ts';
import type { Transport } from '../sip/transport/transport.ts';
import {
  type Clock,
  createUserAgent,
  type IncomingInvitation,
  type SessionTimerOptions,
  type UserAgent,
} from '../sip/user-agent.ts';
import { BridgeCall } from './bridge-call.ts';
import type { JoinedCall } from './joined-call.ts';
import { type Journal, memoryJournal } from './journal.ts';
import { errorFields, type Log } from './log.ts';
import { directMedia, type MediaPlane } from './media-plane.ts';
import { networks } from './networks.ts';
import type { LiveDial, OnRefer, Surroundings } from './surroundings.ts';
import { guardedResolver, type TargetGuard } from './target-guard.ts';

/** An edge's settings. */
export interface EdgeOptions {
  /** Its own name, the same after a restart: claims and the journal go by it. */
  readonly name: string;
  readonly plans: Pick<DialPlans, 'get' | 'claim' | 'report'>;
  readonly bus: Bus;
  /** Where bridges are written down; in memory when not given, and then they end with the edge. */
  readonly journal?: Journal | undefined;
  /** Opens a password that the control plane has sealed. */
  readonly unseal: (sealed: Sealed, accountSid: string) => Promise<string>;
  /** Listeners towards the voice service. */
  readonly inside: readonly Transport[];
  /** Listeners towards the world; without them the inside ones serve both. */
  readonly outside?: readonly Transport[] | undefined;
  /** Who may bring dial tokens: networks in CIDR notation. */
  readonly insideNetworks: readonly string[];
  /** Which addresses may be called. */
  readonly targets: TargetGuard;
  /** RFC 3263 by the system's DNS when not given; the guard stands behind it. */
  readonly resolver?: Resolver | undefined;
  readonly media?: MediaPlane | undefined;
  /** Session timers towards the voice service; none when not given. */
  readonly insideTimer?: SessionTimerOptions | undefined;
  /** Whether a 3xx is followed, once; not by default. */
  readonly followRedirects?: boolean | undefined;
  readonly onRefer?: OnRefer | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  readonly log?: Log | undefined;
}

/** The SIP edge: a back-to-back user agent (RFC 7092 §3) that carries out dial plans. */
export interface Edge {
  readonly inside: UserAgent;
  readonly outside: UserAgent;
  /** How many dials it has in hand. */
  readonly calls: number;
  start(): Promise<void>;
  /** Takes no new calls, lets those that live go on for that long, then hangs up and stops. */
  stop(options?: { readonly drainMs?: number }): Promise<void>;
}

/** How often bridges are looked at for what no event tells, such as a peer's new Contact. */
const KEEP_EVERY_MS = 5_000;
const DRAINING_RETRY_SECONDS = 30;
/** For the last BYEs, reports and events. */
const GOODBYE_MS = 3_000;

/** Makes an edge; `start` opens its listeners. */
export function createEdge(options: EdgeOptions): Edge {
  const { clock = systemClock, random = systemRandom, log = () => {} } = options;
  const isInside = networks(options.insideNetworks);
  const onError = (error: unknown) => log('error', 'A handler failed.', errorFields(error));
  const shared = { clock, random, name: 'Dialplane', onError };
  const resolver = options.resolver ?? createResolver({ random });
  const outside = createUserAgent({
    ...shared,
    transports: options.outside ?? options.inside,
    resolver: guardedResolver(resolver, options.targets),
  });
  const inside =
    options.outside === undefined
      ? outside
      : createUserAgent({ ...shared, transports: options.inside, resolver });

  const dials = new Set<LiveDial>();
  const bridges = new Set<JoinedCall>();
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
    unseal: options.unseal,
    host: () => hostOf(outside),
    followRedirects: options.followRedirects ?? false,
    insideTimer: options.insideTimer,
    onRefer: options.onRefer,
  };

  function hold(dial: LiveDial): void {
    dials.add(dial);
    void dial.done.finally(() => dials.delete(dial));
  }

  function keep(bridge: JoinedCall): void {
    bridges.add(bridge);
    void bridge.done.finally(() => bridges.delete(bridge));
  }

  function keepAll(): void {
    for (const bridge of bridges) bridge.keep();
    keeper = clock.setTimeout(keepAll, KEEP_EVERY_MS);
  }

  function invited(invitation: IncomingInvitation): void {
    if (!isInside(invitation.flow.remote.address)) invitation.reject(403);
    else if (draining) invitation.reject(503, { headers: { 'Retry-After': DRAINING_RETRY_SECONDS } });
    else hold(new BridgeCall(surroundings, invitation, keep));
  }
  outside.onInvite = invited;
  inside.onInvite = invited;

  const agents = new Set([inside, outside]);
  const wait = (ms: number) =>
    new Promise<void>(resolve => {
      clock.setTimeout(resolve, ms);
    });
  const empty = async () => {
    while (dials.size > 0) await Promise.all([...dials].map(dial => dial.done));
  };

  return {
    inside,
    outside,
    get calls() {
      return dials.size;
    },

    async start() {
      await Promise.all([...agents].map(agent => agent.start()));
      keepAll();
    },

    async stop({ drainMs = 0 } = {}) {
      draining = true;
      await Promise.race([empty(), wait(drainMs)]);
      for (const dial of dials) dial.end();
      await Promise.race([empty(), wait(GOODBYE_MS)]);
      clock.clearTimeout(keeper);
      await Promise.all([...agents].map(agent => agent.close()));
    },
  };
}

/** What an agent calls itself towards others. */
function hostOf(agent: UserAgent): string {
  const [transport] = agent.transport.transports;
  return transport?.advertised?.host ?? transport?.local.address ?? 'localhost';
}
