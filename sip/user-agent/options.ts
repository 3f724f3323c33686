import type { Clock } from '../clock.ts';
import type { DigestCredentials } from '../digest/client.ts';
import type { Doorkeeper } from '../doorkeeper.ts';
import type { NameAddr } from '../header/name-addr.ts';
import type { HeaderInit } from '../message/create.ts';
import type { SipParseError } from '../message/errors.ts';
import type { Random } from '../random.ts';
import type { Resolver } from '../resolve/resolver.ts';
import type { IncomingOffer } from '../session/incoming-offer.ts';
import type { Session } from '../session/session.ts';
import type { SessionTimerOptions } from '../session-timer/session-timer.ts';
import type { MostTransactions } from '../transaction/layer.ts';
import type { BaseTimes } from '../transaction/timers.ts';
import type { Flow, Transport } from '../transport/transport.ts';
import type { Uri } from '../uri/uri.ts';

/** The credentials for a realm; undefined where there are none. */
export type CredentialsFor = (realm: string) => DigestCredentials | undefined;

/** A user agent's settings. */
export interface UserAgentOptions {
  /** Its listeners. A request leaves by the first that fits its target. */
  readonly transports: readonly Transport[];
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  /** From URIs to addresses; RFC 3263 by the system's DNS when not given. */
  readonly resolver?: Resolver | undefined;
  readonly times?: Partial<BaseTimes> | undefined;
  /** Goes out as User-Agent in requests and as Server in responses. */
  readonly name?: string | undefined;
  /** The user part of our Contact. */
  readonly contactUser?: string | undefined;
  /** From of requests that name none. */
  readonly from?: string | undefined;
  /** Credentials for requests that bring none. */
  readonly credentials?: CredentialsFor | undefined;
  /** Session timer of calls that say nothing else, incoming ones included. */
  readonly sessionTimer?: SessionTimerOptions | undefined;
  /** Requests larger than this leave UDP for TCP where they can; 1,300 bytes by default. */
  readonly datagramBytes?: number | undefined;
  /** Says who is heard outside dialogs; everybody when not given. */
  readonly doorkeeper?: Doorkeeper | undefined;
  /** Server transactions that may be open; 100,000, with 50,000 more for peers in dialogs, and 100,000 for who is trusted. */
  readonly mostTransactions?: Partial<MostTransactions> | undefined;
  /**
   * Hears of errors thrown by handlers and listeners, after the request they belong to has been answered 500.
   * Without it they are thrown again, out of any call, as the process's uncaught exceptions.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Hears of bytes that were no SIP message. */
  readonly onMalformed?: ((error: SipParseError, flow: Flow) => void) | undefined;
}

/** What a request outside a dialog says of itself. */
export interface OutOfDialogOptions {
  /** Who calls: a URI or a name-addr. */
  readonly from?: string | NameAddr | undefined;
  /** Whom the caller asked for, when that is not the Request-URI. */
  readonly to?: string | NameAddr | undefined;
  readonly headers?: HeaderInit | undefined;
  /** Routes to go through, first hop first: URIs with `;lr`. */
  readonly routes?: readonly string[] | undefined;
  /**
   * Where it is sent, whatever its Request-URI and routes say: where a peer behind a NAT has come from. Requests in a
   * dialog follow it only where `isOutOfReach` says so.
   */
  readonly nextHop?: Uri | undefined;
  readonly callId?: string | undefined;
  readonly sequence?: number | undefined;
  /** Hears of higher sequence numbers, used up by repetitions with credentials. */
  readonly sequenceUsed?: ((sequence: number) => void) | undefined;
  /** Carried on by a B2BUA: what came in less one (RFC 7332). */
  readonly maxForwards?: number | undefined;
  readonly credentials?: CredentialsFor | undefined;
  readonly contact?: string | undefined;
  /** The user part of our Contact in place of the agent's, in the dialog that comes of it, too. */
  readonly contactUser?: string | undefined;
  /** The listener to leave by, where it fits the target; the first that fits when not given. */
  readonly transport?: Transport | undefined;
}

/** How to invite. */
export interface InviteOptions extends OutOfDialogOptions {
  /** Our offer; without it the peer is asked for its own. */
  readonly sdp?: string | undefined;
  readonly sessionTimer?: SessionTimerOptions | undefined;
  /** What becomes of a second 2xx: ACK and BYE (`first`, the default), or a session too. */
  readonly forks?: 'first' | 'all' | undefined;
  /**
   * Whether a Contact leads nowhere, as that of a peer behind a NAT may: requests in the dialog then go where the
   * INVITE went, unless there is a route set.
   */
  readonly isOutOfReach?: ((contact: Uri) => boolean) | undefined;
  /** Answers the peer's offers, from the first on. */
  readonly onOffer?: ((offer: IncomingOffer, session: Session) => void) | undefined;
}

/** Any request outside a dialog. */
export interface RequestOptions extends OutOfDialogOptions {
  readonly method: string;
  readonly uri: string | Uri;
  readonly contentType?: string | undefined;
  readonly body?: Uint8Array | string | undefined;
}
