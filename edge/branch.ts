import type { DialPlan } from '../core/dial-plan.ts';
import type { SipTarget } from '../core/sip-target.ts';
import type { TimerHandle } from '../sip/clock.ts';
import type { SipResponse } from '../sip/message/message.ts';
import type { Uri } from '../sip/uri/uri.ts';
import {
  type IncomingOffer,
  type OutgoingInvitation,
  type Session,
  type SessionError,
  sdpOf,
} from '../sip/user-agent.ts';
import { type BranchEnd, ENDS, endOf } from './branch-end.ts';
import type { ClientWay } from './clients/client-ways.ts';
import { answerEarlyOffer, type Heard } from './early-offer.ts';
import { agentFor, inviteOptions, requestUri, TelephoneMissing } from './invite.ts';
import { errorFields } from './log.ts';
import { ConversionMissing, type MediaPath, MediaUnavailable } from './media-plane.ts';
import { toldAfter } from './origin.ts';
import { redirectTarget } from './redirect.ts';
import { SdpRefused } from './sdp.ts';
import type { Surroundings } from './surroundings.ts';

/** One target that is being called. */
export interface Dialled {
  /** Of its target, and call, in the plan. */
  readonly index: number;
  start(): void;
  /** Gives it up; does nothing once it is over. */
  cancel(end: BranchEnd): void;
}

/** What a branch tells its fork. */
export interface BranchUser {
  /** Its INVITE has a Call-ID. */
  sent(branch: Dialled, callId: string): void;
  /** `early`: its early media is about to be told by `early`, and that tells the ringing too. */
  ringing(branch: Dialled, status: number, early: boolean): void;
  /** Early media, as the inside leg is to be told of it. */
  early(branch: Dialled, sdp: string): void;
  /** It was answered: `sdp` is the answer as the inside leg is to be told. */
  answered(branch: Dialled, joined: Joined): void;
  /** It came to nothing. Exactly one of `answered` and `ended` is called, once. */
  ended(branch: Dialled, end: BranchEnd): void;
}

/** What a branch that was answered gives. */
export interface Joined {
  readonly session: Session;
  readonly response: SipResponse;
  readonly path: MediaPath;
  readonly sdp: string;
}

export interface BranchParts {
  readonly surroundings: Surroundings;
  readonly plan: DialPlan;
  readonly index: number;
  readonly target: SipTarget;
  /** How it is reached, where that is not for its URI to say. */
  readonly way?: ClientWay | undefined;
  /** The inside leg's offer. */
  readonly offer: string | undefined;
  readonly maxForwards: number | undefined;
  readonly user: BranchUser;
}

const ELSEWHERE = { Reason: 'SIP;cause=200;text="Call completed elsewhere"' } as const;
const RINGING: ReadonlySet<number> = new Set([180, 183]);

/** One INVITE to one target, from its making to its 200, its refusal or its CANCEL. */
export class Branch implements Dialled {
  readonly index: number;
  readonly #parts: BranchParts;
  #invitation: OutgoingInvitation | undefined;
  #path: MediaPath | undefined;
  /** What the target has said last, before its answer. */
  #heard: Heard | undefined;
  /** An offer of the target is being answered. */
  #offer: Promise<void> | undefined;
  #timer: TimerHandle | undefined;
  #over = false;
  #redirected = false;

  constructor(parts: BranchParts) {
    this.#parts = parts;
    this.index = parts.index;
  }

  /** Calls the target. */
  start(): void {
    const { target, surroundings } = this.#parts;
    if (target.screening && surroundings.voiceConnector === undefined) {
      this.#finish(ENDS.noScreening);
      return;
    }
    if (target.ringTimeoutSeconds !== undefined)
      this.#timer = surroundings.clock.setTimeout(
        () => this.cancel(ENDS.timeOut),
        target.ringTimeoutSeconds * 1_000,
      );
    this.#dial().catch(error => this.#broken(error));
  }

  /** Gives it up; does nothing once it is over. A 200 that comes nevertheless gets ACK and BYE (RFC 3261 §9.1). */
  cancel(end: BranchEnd): void {
    if (this.#over) return;
    const invitation = this.#invitation;
    this.#finish(end);
    invitation?.cancel(end === ENDS.elsewhere ? { headers: ELSEWHERE } : {});
  }

  async #dial(): Promise<void> {
    const { surroundings, plan, target, way } = this.#parts;
    const password = await this.#password();
    this.#path = await surroundings.media.open({
      callSid: plan.calls[this.index]?.sid ?? plan.rootSid,
      codecs: target.codecs,
      inside: this.#inside,
      address: surroundings.host(),
      srtp: target.srtp,
      hearKeys: plan.kind === 'bridge' && plan.hangupOnStar,
      behindNat: way?.behindNat,
    });
    if (this.#over) this.#path.close();
    else this.#invite(way?.uri ?? requestUri(target, surroundings.telephoneHost), password, way);
  }

  #invite(uri: Uri, password: string | undefined, way?: ClientWay): void {
    const { surroundings, plan, target, maxForwards, user } = this.#parts;
    const { credentials } = target;
    const { insideTimer, isOutOfReach } = surroundings;
    const invitation = agentFor(surroundings, target).invite(uri, {
      ...inviteOptions(plan, target, { host: surroundings.host(), maxForwards, insideTimer }),
      sdp: this.#path?.offer,
      onOffer: (offer, session) => {
        this.#offer = this.#offered(offer, session);
      },
      ...(target.telephone === undefined && { isOutOfReach }),
      ...(way && {
        to: `<${target.uri}>`,
        routes: way.routes,
        nextHop: way.nextHop,
        isOutOfReach: () => true,
      }),
      ...(credentials &&
        password !== undefined && {
          credentials: () => ({ username: credentials.username, password }),
        }),
    });
    this.#invitation = invitation;
    user.sent(this, invitation.request.callId ?? '');
    invitation.on('progress', response => this.#progress(response));
    invitation.on('accepted', (session, response) => void this.#accepted(session, response));
    invitation.on('failed', error => this.#failed(error, password));
  }

  /** What the inside leg says. Who is screened first speaks with the voice service, and learns where the caller is when it has accepted. */
  get #inside(): string | undefined {
    const { target, offer } = this.#parts;
    return target.screening === undefined ? offer : undefined;
  }

  async #password(): Promise<string | undefined> {
    const { surroundings, plan, target } = this.#parts;
    if (target.credentials === undefined) return undefined;
    const { password } = target.credentials;
    return 'clear' in password ? password.clear : surroundings.unseal(password, plan.accountSid);
  }

  #progress(response: SipResponse): void {
    if (this.#over) return;
    const { user } = this.#parts;
    const isRinging = RINGING.has(response.status);
    // Early media is for the inside leg, where that is there to hear it.
    const sdp = this.#inside === undefined ? undefined : sdpOf(response);
    if (isRinging) user.ringing(this, response.status, sdp !== undefined);
    if (sdp === undefined) return;
    this.#passAnswer(sdp).then(
      told => this.#early({ sdp, told }),
      // Early media that cannot be passed on is silence; the answer decides.
      () => {
        if (isRinging && !this.#over) user.ringing(this, response.status, false);
      },
    );
  }

  #early({ told, ...heard }: Heard): void {
    const before = this.#heard?.told;
    const said = toldAfter(before, told);
    this.#heard = { ...heard, told: said };
    if (said !== before && !this.#over) this.#parts.user.early(this, said);
  }

  /** What the target says in a response, as the inside leg is to be told. */
  async #passAnswer(sdp: string): Promise<string> {
    const [path, inside, last] = [this.#path as MediaPath, this.#inside, this.#heard];
    if (sdp === last?.sdp) return last.told;
    // Another dialog of the same INVITE answers what that has offered, and not what was answered in the one before.
    if (last?.isOffer && inside !== undefined) await path.pass('inside', 'offer', inside);
    return toldAfter(last?.told, await path.pass('outside', 'answer', sdp));
  }

  /** An offer before the call is answered. */
  async #offered(offer: IncomingOffer, session: Session): Promise<void> {
    if (this.#over) {
      offer.reject(488);
      return;
    }
    try {
      const { answer, heard } = await answerEarlyOffer(
        this.#path as MediaPath,
        offer.sdp ?? '',
        this.#inside,
      );
      offer.accept(toldAfter(session.sentSdp, answer));
      if (heard) this.#early(heard);
    } catch (error) {
      offer.reject(error instanceof SdpRefused ? 488 : 500);
    }
  }

  async #accepted(session: Session, response: SipResponse): Promise<void> {
    if (this.#over) return session.bye({ headers: ELSEWHERE });
    // Until the other side is there to be asked, an offer of this one waits (RFC 3261 §14.2).
    session.onOffer = offer => offer.reject(491);
    try {
      if (this.#offer) await this.#offer;
      const path = this.#path as MediaPath;
      const sdp = await this.#passAnswer(session.remoteSdp ?? '');
      if (this.#over) return session.bye({ headers: ELSEWHERE });
      this.#close();
      this.#parts.user.answered(this, { session, response, path, sdp });
    } catch (error) {
      session.bye({ headers: { Reason: 'SIP;cause=488;text="No codec in common"' } });
      this.#broken(error);
    }
  }

  #failed(error: SessionError, password: string | undefined): void {
    if (this.#over) return;
    const { surroundings } = this.#parts;
    const next = surroundings.followRedirects && !this.#redirected && redirectTarget(error.response);
    if (!next) {
      this.#finish(endOf(error));
      return;
    }
    this.#redirected = true;
    // Another host than the one that was named gets no proof of the password.
    this.#invite(next, sameHost(next, this.#parts.target.uri) ? password : undefined);
  }

  #broken(error: unknown): void {
    if (this.#over) return;
    const { surroundings, plan } = this.#parts;
    const isPassword = this.#path === undefined && this.#parts.target.credentials !== undefined;
    const end = knownEnd(error) ?? (isPassword ? ENDS.credentials : ENDS.invalidTarget);
    surroundings.log('warn', 'A target could not be dialled.', {
      callSid: plan.calls[this.index]?.sid,
      cause: end.cause,
      ...errorFields(error),
    });
    this.#finish(end);
  }

  #finish(end: BranchEnd): void {
    this.#close();
    this.#path?.close();
    this.#parts.user.ended(this, end);
  }

  /** From here on the stack by itself deals with what still comes: a late 200 gets ACK and BYE. */
  #close(): void {
    this.#over = true;
    this.#parts.surroundings.clock.clearTimeout(this.#timer);
    this.#invitation?.removeAllListeners();
    this.#invitation = undefined;
  }
}

function knownEnd(error: unknown): BranchEnd | undefined {
  if (error instanceof TelephoneMissing) return ENDS.noTelephone;
  if (error instanceof SdpRefused) return ENDS.codecs;
  if (error instanceof ConversionMissing) return ENDS.conversion;
  return error instanceof MediaUnavailable ? ENDS.noMedia : undefined;
}

function sameHost(next: Uri, uri: string): boolean {
  const named = requestUri({ uri, transport: 'udp' });
  return next.kind === 'sip' && named.kind === 'sip' && next.address === named.address;
}
