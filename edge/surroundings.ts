import type { Bus } from '../aws/bus.ts';
import type { ClientStore } from '../aws/client-store.ts';
import type { DialPlans } from '../aws/dial-plans.ts';
import type { Outcome } from '../core/call.ts';
import type { Sealed } from '../core/sip-target.ts';
import type { Random } from '../sip/random.ts';
import type { Uri } from '../sip/uri/uri.ts';
import type { Clock, SessionTimerOptions, UserAgent } from '../sip/user-agent.ts';
import type { Journal } from './journal.ts';
import type { Log } from './log.ts';
import type { MediaPlane } from './media-plane.ts';

/** How the edge calls into the voice service. */
export interface VoiceConnector {
  /** `sip:+17035550122@connector-host`: its user is a number that the connector takes. */
  readonly uri: string;
  /** E.164: From, where a call has no such number of its own. */
  readonly from: string;
}

/** What the parts of one edge share. */
export interface Surroundings {
  /** The edge's own name, the same after a restart: claims go by it. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Towards the voice service. */
  readonly inside: UserAgent;
  /** Towards the world; it may be the same. */
  readonly outside: UserAgent;
  readonly plans: Pick<DialPlans, 'put' | 'get' | 'openOf' | 'claim' | 'report' | 'refer'>;
  readonly bus: Bus;
  readonly journal: Journal;
  readonly media: MediaPlane;
  /** The voice service tells the control plane what it has measured of a leg that ends. */
  readonly insideMeasures: boolean;
  readonly voiceConnector: VoiceConnector | undefined;
  /** The Voice Connector that takes calls to the telephone network: host, with a port if it is not 5060. */
  readonly telephoneHost: string | undefined;
  readonly unseal: (sealed: Sealed, accountSid: string) => Promise<string>;
  /** Our name or address in From, and in descriptions of our own. */
  readonly host: () => string;
  /** Whether a peer's Contact names an address that may not, or cannot, be reached from here. */
  readonly isOutOfReach: (contact: Uri) => boolean;
  readonly followRedirects: boolean;
  readonly insideTimer: SessionTimerOptions | undefined;
  /** Without it no client can register, or be called. */
  readonly clients: ClientStore | undefined;
}

/** One dial in the edge's hands. */
export interface LiveDial {
  /** Ends all of it as soon as that goes. */
  end(): void;
  /** Gives up one of its calls that still rings, if it carries out the plan of this token. */
  drop?(token: string, callSid: string, outcome: Outcome): void;
  /** Whether it is a bridge by now, with which another process could go on. */
  readonly stands?: boolean;
  /** Resolves when nothing is left of it but perhaps a bridge, which is a dial in itself. */
  readonly done: Promise<void>;
}
