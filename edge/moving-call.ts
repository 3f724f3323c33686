import type { StoredPlan } from '../aws/dial-plans.ts';
import type { BranchPlace } from '../core/dial-plan.ts';
import type { Session } from '../sip/user-agent.ts';
import type { BranchEnd } from './branch-end.ts';
import { agentFor } from './invite.ts';
import type { JoinedCall } from './joined-call.ts';
import { errorFields } from './log.ts';
import type { MediaPath } from './media-plane.ts';
import { THE_CALL, ThirdPartyCall, type ThirdPartyCallParts } from './third-party-call.ts';

/** What the bridge leaves of the target that is taken out of it. */
interface Target {
  readonly outside: Session;
  readonly path: MediaPath;
}

export interface MovingCallParts extends ThirdPartyCallParts {
  /** The one that its plan, of kind `moved`, names. */
  readonly bridge: JoinedCall;
}

/**
 * A target is taken out of its bridge, and is a call of the voice service's own from then on. The caller's leg ends, and so does its
 * Dial.
 *
 * ```
 * voice service          edge              target
 *                        bridge's report written: the call is the other session's
 *   ◀──────────── BYE
 *                        INVITE ─────────▶ (voice service) X-Dialplane-Token; what the target says as the offer
 *                        ◀─────────── 200
 *                        re-INVITE ──────▶ its answer as the offer, where media does not pass the edge
 *                        ◀─────────── 200
 * ```
 */
export class MovingCall extends ThirdPartyCall {
  readonly done: Promise<void>;
  readonly #bridge: JoinedCall;
  #target: Target | undefined;

  constructor({ bridge, ...parts }: MovingCallParts) {
    super(parts);
    this.#bridge = bridge;
    this.done = this.over(this.#move(), 'A call could not be moved.');
  }

  async #move(): Promise<void> {
    const { surroundings, ledger, page } = this;
    const { token, rootSid, targets } = ledger.plan;
    const isOutside = agentFor(surroundings, targets[THE_CALL]) === surroundings.outside;
    // Before the bridge is given up, so that a process that ends in between leaves nobody alone.
    await page.write({
      kind: 'dialling',
      token,
      open: [{ side: isOutside ? 'outside' : 'inside', session: this.#bridge.outside.snapshot() }],
    });
    this.#target = await this.#bridge.part(rootSid);
    if (this.#target) await this.#bring(this.#target);
  }

  async #bring({ outside, path }: Target): Promise<void> {
    // Until the voice service is there to be asked, an offer of the target waits (RFC 3261 §14.2).
    outside.onOffer = offer => offer.reject(491);
    try {
      if (outside.end || this.givenUp) throw new TypeError('There is nobody to be moved any more.');
      // One of the two may have been muted: that was for the bridge. What the target said meanwhile is still read as that of somebody muted.
      await path.mute('inside', false);
      const sdp = await path.pass('outside', 'offer', outside.remoteSdp ?? '');
      await path.mute('outside', false);
      await this.enter({ session: outside, sdp, path });
    } catch (error) {
      this.surroundings.log('debug', 'A call was not moved.', errorFields(error));
    }
    if (this.joined === undefined) this.#hangUp();
  }

  /** It had talked, so that it is completed, whatever has ended it. */
  #hangUp(): void {
    if (this.#target === undefined) return;
    const { outside, path } = this.#target;
    const end = outside.end ? undefined : this.givenUp?.end;
    outside.bye();
    path.close();
    this.ledger.tell(THE_CALL, 'completed', { talkMs: this.ledger.talkMs(THE_CALL) }, end);
  }

  protected override giveUp(end: BranchEnd): void {
    super.giveUp(end);
    if (this.joined === undefined) this.#hangUp();
  }
}

/** Where the plan's call is joined; undefined for a plan of another kind, or one that comes too late. */
export function placeOf({ plan, closed }: StoredPlan, nowMs: number): BranchPlace | undefined {
  return plan.kind === 'moved' && !closed && plan.expiresAtMs > nowMs ? plan.movedFrom : undefined;
}
