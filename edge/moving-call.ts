import type { StoredPlan } from '../aws/dial-plans.ts';
import type { Outcome } from '../core/call.ts';
import type { BranchPlace } from '../core/dial-plan.ts';
import type { Session } from '../sip/user-agent.ts';
import { type BranchEnd, cancelledAs, ENDS } from './branch-end.ts';
import { agentFor } from './invite.ts';
import { JoinedCall } from './joined-call.ts';
import { JournalPage } from './journal-page.ts';
import { Ledger } from './ledger.ts';
import { errorFields } from './log.ts';
import type { MediaPath } from './media-plane.ts';
import type { LiveDial, Surroundings, VoiceConnector } from './surroundings.ts';
import { VoiceServiceCall } from './voice-service.ts';

/** What the bridge leaves of the target that is taken out of it. */
export interface Target {
  readonly outside: Session;
  readonly path: MediaPath;
}

export interface MovingCallParts {
  readonly surroundings: Surroundings;
  readonly connector: VoiceConnector;
  /** Its plan, of kind `moved`. */
  readonly stored: StoredPlan;
  /** The bridge that the plan names. */
  readonly bridge: JoinedCall;
  readonly keep: (call: JoinedCall) => void;
}

const THE_CALL = 0;

/**
 * A target is taken out of its bridge, and is a call of the voice service's own from then on (RFC 3725 §4.1). The caller's leg ends,
 * and so does its Dial.
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
 *
 * From the voice service's first event on the call is the control plane's: it announces the end. Until then the edge does.
 */
export class MovingCall implements LiveDial {
  readonly done: Promise<void>;
  readonly #parts: MovingCallParts;
  readonly #ledger: Ledger;
  readonly #page: JournalPage;
  #target: Target | undefined;
  #entering: VoiceServiceCall | undefined;
  #joined: JoinedCall | undefined;
  #end: BranchEnd | undefined;

  constructor(parts: MovingCallParts) {
    const { surroundings, stored } = parts;
    this.#parts = parts;
    this.#ledger = new Ledger(surroundings, stored);
    this.#page = new JournalPage(surroundings, stored.plan.token);
    this.#ledger.onClosed = () => this.#giveUp(ENDS.planClosed);
    this.done = this.#run().catch(error => {
      surroundings.log('error', 'A call could not be moved.', errorFields(error));
      this.#giveUp(ENDS.invalidTarget);
    });
  }

  end(): void {
    this.#giveUp(ENDS.draining);
  }

  /** Its owner does not want it any more. */
  cancel(outcome: Outcome): void {
    this.#giveUp(cancelledAs(outcome));
  }

  async #run(): Promise<void> {
    const { bridge, surroundings } = this.#parts;
    const { token, rootSid, targets } = this.#ledger.plan;
    const isOutside = agentFor(surroundings, targets[THE_CALL]) === surroundings.outside;
    // Before the bridge is given up, so that a process that ends in between leaves nobody alone.
    await this.#page.write({
      kind: 'dialling',
      token,
      open: [{ side: isOutside ? 'outside' : 'inside', session: bridge.outside.snapshot() }],
    });
    this.#target = await bridge.part(rootSid);
    if (this.#target) await this.#enter(this.#target);
    if (this.#joined) return this.#joined.done;
    await this.#ledger.save().catch(() => false);
    await this.#ledger.settled();
    await this.#page.remove();
  }

  async #enter({ outside, path }: Target): Promise<void> {
    const { surroundings, connector } = this.#parts;
    const { token, callerId } = this.#ledger.plan;
    // Until the voice service is there to be asked, an offer of the target waits (RFC 3261 §14.2).
    outside.onOffer = offer => offer.reject(491);
    try {
      if (outside.end || this.#end) throw new TypeError('There is nobody to be moved any more.');
      // One of the two may have been muted: that was for the bridge. What the target said meanwhile is still read as that of somebody muted.
      await path.mute('inside', false);
      const sdp = await path.pass('outside', 'offer', outside.remoteSdp ?? '');
      await path.mute('outside', false);
      const entrance = { connector, token, callerId, session: outside, sdp };
      this.#entering = new VoiceServiceCall(surroundings, entrance);
      const inside = await this.#entering.answered;
      if (outside.end) inside.bye();
      else this.#join(inside, { outside, path });
    } catch (error) {
      surroundings.log('debug', 'The voice service took no moved call.', errorFields(error));
      this.#end ??= this.#entering?.refusal(error);
    }
    if (this.#joined === undefined) this.#hangUp();
  }

  #join(inside: Session, { outside, path }: Target): void {
    const { surroundings, keep } = this.#parts;
    const ledger = this.#ledger;
    this.#joined = new JoinedCall({
      surroundings,
      ledger,
      page: this.#page,
      index: THE_CALL,
      inside,
      outside,
      path,
    });
    keep(this.#joined);
    void this.#joined.introduce();
  }

  /** It had talked, so that it is completed, whatever has ended it. */
  #hangUp(): void {
    if (this.#target === undefined) return;
    const { outside, path } = this.#target;
    const end = outside.end ? undefined : this.#end?.end;
    outside.bye();
    path.close();
    const ledger = this.#ledger;
    const talkMs = ledger.nowMs - (ledger.calls[THE_CALL]?.answeredAtMs ?? ledger.nowMs);
    ledger.tell(THE_CALL, 'completed', { talkMs }, end);
  }

  #giveUp(end: BranchEnd): void {
    this.#end ??= end;
    this.#entering?.cancel();
    this.#joined?.end();
    if (this.#joined === undefined) this.#hangUp();
  }
}

/** Where the plan's call is joined; undefined for a plan of another kind, or one that comes too late. */
export function placeOf({ plan, closed }: StoredPlan, nowMs: number): BranchPlace | undefined {
  return plan.kind === 'moved' && !closed && plan.expiresAtMs > nowMs ? plan.movedFrom : undefined;
}
