import type { TimerHandle } from '../sip/clock.ts';
import type { IncomingOffer, IncomingReferral, IncomingRequest, Session } from '../sip/user-agent.ts';
import { infoDigit } from './info-digit.ts';
import { errorFields } from './log.ts';
import { type MediaPath, OTHER, type Side } from './media-plane.ts';
import { toldAfter } from './origin.ts';
import { type PassedOffer, passOffer } from './pass-offer.ts';
import { infoAnswer, offerRefusal } from './passed-refusal.ts';
import { sameMedia } from './sdp.ts';
import type { Surroundings } from './surroundings.ts';

/** Two confirmed sessions that are one call. */
export interface PairParts {
  readonly surroundings: Surroundings;
  readonly inside: Session;
  readonly outside: Session;
  readonly path: MediaPath;
  readonly callSid: string;
  readonly endsAtMs: number;
  /** The inside leg's star ends the call. */
  readonly hangupOnStar: boolean;
  /** The inside leg may end alone: the outside one, and its media, are kept for another. */
  readonly outsideGoesOn?: boolean;
  readonly user: PairUser;
}

/** What a pair tells whoever joined it. */
export interface PairUser {
  /** Takes a REFER of the outside, or refuses it; without it, and from the inside, it is refused. */
  referred?(referral: IncomingReferral): void;
  /** A description, a remote target, or when a session expires may have changed. */
  changed(): void;
  /** It is over. The inside leg is told when this resolves. Called once. */
  ended(by: Side | 'edge', cause: string): Promise<void>;
}

/** The voice service hears of an end when it is written down, but not later than this. */
const INSIDE_WAITS_MS = 1_000;

/** An offer of our own waits so long for one that is on its way, and looks again. */
const BUSY_MS = 200;

/**
 * Joins two sessions: the end of either ends both, unless the outside one is kept; offers (re-INVITE, UPDATE with a description), INFO and, where
 * somebody takes it, REFER are passed on. Refreshes without a description stay on their own leg.
 */
export class Pair {
  readonly inside: Session;
  readonly outside: Session;
  readonly path: MediaPath;
  readonly #surroundings: Surroundings;
  readonly #callSid: string;
  readonly #hangupOnStar: boolean;
  readonly #user: PairUser;
  #limit: TimerHandle | undefined;
  #over = false;
  /** The outside leg, and its media, are kept for another when the inside one ends. */
  #keepsOutside: boolean;
  /** An offer of one side is before the other: RFC 3261 §14.1 allows one at a time. */
  #passing = false;

  constructor(parts: PairParts) {
    const { surroundings, inside, outside, path, endsAtMs } = parts;
    this.#surroundings = surroundings;
    this.#callSid = parts.callSid;
    this.#hangupOnStar = parts.hangupOnStar;
    this.#user = parts.user;
    this.inside = inside;
    this.outside = outside;
    this.path = path;
    this.#keepsOutside = parts.outsideGoesOn === true;
    this.#watch('inside');
    this.#watch('outside');
    path.onDigit = this.#hangupOnStar ? (from, digit) => this.#digit(from, digit) : undefined;
    this.#limit = surroundings.clock.setTimeout(
      () => this.end('time limit'),
      Math.max(0, endsAtMs - surroundings.clock.now()),
    );
    // One may have ended while the other was on its way.
    if (outside.end !== undefined) this.#ended('outside', outside.end.cause);
    else if (inside.end !== undefined) this.#ended('inside', inside.end.cause);
  }

  get over(): boolean {
    return this.#over;
  }

  /** From now on the inside leg may end alone. */
  keepOutside(): void {
    this.#keepsOutside = true;
  }

  /** Ends the inside leg alone. */
  part(cause: string): void {
    this.#keepsOutside = true;
    this.#ended('inside', cause);
  }

  /** Lets go of both sessions as they are: another process goes on with them. */
  release(): void {
    this.#over = true;
    this.#surroundings.clock.clearTimeout(this.#limit);
  }

  /** Hangs up both. */
  end(cause: string): void {
    this.#ended('edge', cause);
  }

  /**
   * Offers the inside leg's description to the outside one, which was dialled without it, and tells the inside leg
   * if the answer is another one than it was offered (RFC 3725 §4.1). Where media passes the edge, nobody need be told.
   */
  async introduce(): Promise<void> {
    const { inside, path } = this;
    const { remoteSdp, localSdp } = inside;
    if (remoteSdp === undefined || this.#over) return;
    this.#passing = true;
    try {
      if (path.isAnchored) {
        await path.pass('inside', 'answer', remoteSdp);
        this.#user.changed();
        return;
      }
      const answer = await this.#passOn('inside', remoteSdp);
      if (!this.#over && !sameMedia(answer, localSdp ?? '')) await inside.reinvite({ sdp: answer });
    } catch {
      this.end('media refused');
    } finally {
      this.#passing = false;
    }
  }

  /**
   * Keeps what comes from that side from the other one, or passes it on again. Where media flows past the edge, the side is offered a
   * description that only sends (RFC 3264 §5.1).
   */
  async mute(side: Side, isMuted: boolean): Promise<void> {
    const { path, [OTHER[side]]: other } = this;
    try {
      await path.mute(side, isMuted);
      this.#user.changed();
      if (path.isAnchored) return;
      await this.#turnToOffer();
      if (this.#over || other.remoteSdp === undefined) return;
      this.#passing = true;
      await this.#passOn(OTHER[side], other.remoteSdp).finally(() => {
        this.#passing = false;
      });
    } catch (error) {
      await path.mute(side, !isMuted).catch(again => this.#report(again));
      this.#surroundings.log('warn', 'A side could not be muted, or heard again.', {
        callSid: this.#callSid,
        ...errorFields(error),
      });
    }
  }

  /** Resolves when nothing is before either side. */
  async #turnToOffer(): Promise<void> {
    const { clock } = this.#surroundings;
    while (this.#passing && !this.#over)
      await new Promise<void>(resolve => clock.setTimeout(resolve, BUSY_MS));
  }

  #watch(side: Side): void {
    const session = this[side];
    const user = this.#user;
    session.on('ended', ({ cause, request }) => this.#ended(side, cause, request?.headers.get('Reason')));
    const changed = () => user.changed();
    session.on('negotiated', changed);
    session.on('refreshed', changed);
    session.onOffer = offer => this.#pass(side, offer);
    session.onInfo = incoming => this.#info(side, incoming);
    session.onRefer = side === 'outside' && user.referred ? referral => user.referred?.(referral) : undefined;
  }

  /** `reason`: what the BYE itself says of it, in its own header. */
  #ended(by: Side | 'edge', cause: string, reason = reasonOf(cause)): void {
    if (this.#over) return;
    this.#over = true;
    const { inside, outside, path } = this;
    const { clock } = this.#surroundings;
    clock.clearTimeout(this.#limit);
    const isKept = by === 'inside' && this.#keepsOutside;
    if (!isKept) this.#hangUp(outside, reason);
    detach(outside);
    let patience: TimerHandle | undefined;
    new Promise<void>((resolve, reject) => {
      patience = clock.setTimeout(resolve, INSIDE_WAITS_MS);
      this.#user.ended(by, cause).then(resolve, reject);
    })
      .finally(() => {
        clock.clearTimeout(patience);
        this.#hangUp(inside, reason);
        detach(inside);
        if (!isKept) path.close();
      })
      .catch(error => this.#report(error));
  }

  /** Whatever comes of it: the other leg, the report and the media are still to be ended. */
  #hangUp(session: Session, reason: string): void {
    try {
      session.bye({ headers: { Reason: reason } });
    } catch (error) {
      this.#report(error);
    }
  }

  #pass(from: Side, offer: IncomingOffer): void {
    if (offer.sdp === undefined) {
      this.#offerOurs(from, offer);
      return;
    }
    if (this.#passing || this.#over) {
      offer.reject(491);
      return;
    }
    this.#passing = true;
    const isUpdate = 'method' in offer.message && offer.message.method === 'UPDATE';
    this.#passOn(from, offer.sdp, { isUpdate, glareRetries: 0 })
      .then(
        answer => offer.accept(answer),
        (error: unknown) => offer.reject(offerRefusal(error)),
      )
      .finally(() => {
        this.#passing = false;
      })
      .catch(error => this.#report(error));
  }

  /** To the other side: resolves with what this one is to be told. */
  async #passOn(
    from: Side,
    sdp: string,
    how: Pick<PassedOffer, 'isUpdate' | 'glareRetries'> = {},
  ): Promise<string> {
    const { path, [from]: asking, [OTHER[from]]: to } = this;
    return toldAfter(asking.sentSdp, await passOffer({ path, from, sdp, to, ...how }));
  }

  /**
   * A re-INVITE without an offer gets the description in force as ours (RFC 3261 §14.1); an answer to it that
   * differs from before is then put to the other side.
   */
  #offerOurs(from: Side, offer: IncomingOffer): void {
    const session = this[from];
    const { localSdp, remoteSdp } = session;
    session.once('negotiated', () => {
      if (session.remoteSdp === undefined || session.remoteSdp === remoteSdp || this.#over) return;
      this.#passOn(from, session.remoteSdp).catch(() => this.end('media change refused'));
    });
    offer.accept(localSdp && toldAfter(session.sentSdp, localSdp));
  }

  #info(from: Side, incoming: IncomingRequest): void {
    const { request } = incoming;
    const digit = infoDigit(request);
    if (digit !== undefined && this.#digit(from, digit)) {
      incoming.respond(200);
      return;
    }
    const contentType = request.headers.get('Content-Type');
    const infoPackage = request.headers.get('Info-Package');
    this[OTHER[from]]
      .info({
        ...(contentType !== undefined && { contentType }),
        ...(infoPackage !== undefined && { headers: { 'Info-Package': infoPackage } }),
        body: request.body,
      })
      .then(
        response => incoming.respond(...infoAnswer(response)),
        () => incoming.respond(500),
      );
  }

  /** What one call does wrong stays within it. */
  #report(error: unknown): void {
    this.#surroundings.log('error', 'A bridge broke.', { callSid: this.#callSid, ...errorFields(error) });
  }

  /** True if the key was for us. */
  #digit(from: Side, digit: string): boolean {
    if (!this.#hangupOnStar || from !== 'inside' || digit !== '*') return false;
    this.end('star');
    return true;
  }
}

/** Their transactions outlive sessions by half a minute: they need not keep all of the call for so long. */
function detach(session: Session): void {
  session.removeAllListeners();
  session.onOffer = undefined;
  session.onInfo = undefined;
  session.onRefer = undefined;
}

/** RFC 3326. */
function reasonOf(cause: string): string {
  return `SIP;cause=200;text="${cause.replace(/["\\]/g, '')}"`;
}
