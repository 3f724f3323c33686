import type { Session } from '../sip/user-agent.ts';
import type { Joined } from './branch.ts';
import { type BranchEnd, ENDS } from './branch-end.ts';
import { Fork } from './fork.ts';
import { THE_CALL, ThirdPartyCall, type ThirdPartyCallParts } from './third-party-call.ts';

/**
 * A call whose first leg is a SIP endpoint: the edge dials it, and calls the voice service when it has answered. Where
 * media does not pass the edge, the endpoint is offered an address that leads nowhere first (RFC 3725 §4.1), as the
 * connector's is not known yet:
 *
 * ```
 * endpoint               edge             Voice Connector
 *   ◀─────── INVITE, black hole
 *   180 ───────────────▶ event ringing
 *   200, answer ───────▶ event answered
 *   ◀─────────────── ACK
 *                        INVITE ──────────▶  X-Dialplane-Token; the endpoint's answer as the offer, PCMU of it
 *                        ◀─────────── 200    its answer
 *                        ACK ─────────────▶
 *   ◀─── re-INVITE, its answer as the offer
 *   200, answer ───────▶                     a re-INVITE to the connector only if that is another answer
 *   ◀─────────────── ACK
 * ```
 */
export class OriginateCall extends ThirdPartyCall {
  readonly done: Promise<void>;
  #fork: Fork | undefined;
  #endpoint: Session | undefined;
  #rings = false;

  constructor(parts: ThirdPartyCallParts) {
    super(parts);
    this.done = this.over(this.#dial(), 'A dial broke.');
  }

  async #dial(): Promise<void> {
    const { surroundings, ledger, page } = this;
    await page.write({ kind: 'dialling', token: ledger.plan.token });
    const answered = await new Promise<Joined | undefined>(resolve => {
      this.#fork = new Fork({
        surroundings,
        ledger,
        offer: undefined,
        maxForwards: undefined,
        user: {
          ringing: () => this.#rang(),
          early: () => this.#rang(),
          won: (_index, joined) => resolve(joined),
          lost: () => resolve(undefined),
        },
      });
      if (this.givenUp) this.#fork.refuse(this.givenUp);
      else this.#fork.start();
    });
    if (answered) await this.#answered(answered);
  }

  /** Some calls are to ring only so long. */
  #rang(): void {
    const { hangUpAfterRingingSeconds: seconds } = this.ledger.plan;
    if (seconds === undefined || this.#rings) return;
    this.#rings = true;
    this.surroundings.clock.setTimeout(() => {
      if (this.#endpoint === undefined) this.cancel('canceled');
    }, seconds * 1_000);
  }

  async #answered(joined: Joined): Promise<void> {
    const { session } = joined;
    this.#endpoint = session;
    void this.page.write({
      kind: 'dialling',
      token: this.ledger.plan.token,
      open: [{ side: 'outside', session: session.snapshot() }],
    });
    // The control plane meets the call as it is now: it must find it answered.
    const written = await this.ledger.save().catch(() => false);
    if (!written || this.givenUp || session.end) {
      this.#hangUp(joined, this.givenUp ?? (written ? undefined : ENDS.unwritten));
      return;
    }
    await this.enter(joined);
    if (this.joined === undefined) this.#hangUp(joined, session.end ? undefined : this.givenUp);
  }

  /** The endpoint had answered, and nothing came of it: `end` says why, or it has hung up by itself. */
  #hangUp({ session, path }: Joined, end: BranchEnd | undefined): void {
    session.bye();
    path.close();
    const facts = { ...(end && { sipCode: end.sipCode }), talkMs: this.ledger.talkMs(THE_CALL) };
    this.ledger.tell(THE_CALL, end?.outcome ?? 'completed', facts, end?.end);
  }

  protected override giveUp(end: BranchEnd): void {
    super.giveUp(end);
    this.#fork?.cancel(end);
  }
}
