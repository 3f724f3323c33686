import type { Bus } from '../aws/bus.ts';
import type { ClientStore } from '../aws/client-store.ts';
import type { DialPlans } from '../aws/dial-plans.ts';
import type { InboundDirectory } from '../aws/inbound-directory.ts';
import type { Sealed } from '../core/sip-target.ts';
import type { Random } from '../sip/random.ts';
import type { Resolver } from '../sip/resolve/resolver.ts';
import type { Transport } from '../sip/transport/transport.ts';
import type { Clock, SessionTimerOptions } from '../sip/user-agent.ts';
import type { EdgeLimits } from './guard.ts';
import type { Journal } from './journal.ts';
import type { Log } from './log.ts';
import type { MediaPlane } from './media-plane.ts';
import type { VoiceConnector } from './surroundings.ts';
import type { TargetGuard } from './target-guard.ts';

/** An edge's settings. */
export interface EdgeOptions {
  /** Its own name, the same after a restart: claims and the journal go by it. */
  readonly name: string;
  readonly plans: Pick<DialPlans, 'put' | 'get' | 'openOf' | 'claim' | 'report' | 'refer'>;
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
  /**
   * The voice service tells the control plane what it has measured of a leg that ends, as our runtime does and Amazon's does not:
   * the end of a bridge whose media flows past the edge is then left for the control plane to announce, with those figures.
   */
  readonly insideMeasures?: boolean | undefined;
  /** Session timers towards the voice service; none when not given. */
  readonly insideTimer?: SessionTimerOptions | undefined;
  /** Whether a 3xx is followed, once; not by default. */
  readonly followRedirects?: boolean | undefined;
  /** Where calls that begin at an endpoint enter the voice service; without it there are none. */
  readonly voiceConnector?: VoiceConnector | undefined;
  /** The Voice Connector that takes calls to the telephone network, which no SIP rule may name; without it there are none. */
  readonly telephoneHost?: string | undefined;
  /** Whose trunk, and whose number: without it, or without a Voice Connector, calls that are not the voice service's get 403. */
  readonly inbound?: InboundDirectory | undefined;
  /** The accounts' clients, which may register and be called; without it there are none. */
  readonly clients?: ClientStore | undefined;
  readonly limits?: Partial<EdgeLimits> | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  readonly log?: Log | undefined;
}
