import { screeningToken } from '../core/dial-plan.ts';
import type { Screening } from '../core/verb.ts';
import type { Session } from '../sip/user-agent.ts';
import type { Joined } from './branch.ts';
import { agentFor } from './invite.ts';
import type { OpenLeg } from './journal.ts';
import type { Ledger } from './ledger.ts';
import { errorFields } from './log.ts';
import { Pair } from './pair.ts';
import type { Surroundings, VoiceConnector } from './surroundings.ts';
import { VoiceServiceCall } from './voice-service.ts';

export interface ScreeningCallParts {
  readonly surroundings: Surroundings;
  readonly connector: VoiceConnector;
  readonly ledger: Ledger;
  /** Of the target, in the plan. */
  readonly index: number;
  readonly joined: Joined;
  readonly screening: Screening;
  /** It has other legs open than before. */
  readonly changed: () => void;
}

/** `ended`: whoever started it has no use for it any more. */
export type Verdict = 'accepted' | 'refused' | 'ended';

/**
 * A target that has answered hears its document, while the caller goes on hearing the ring tone. The callee is a call of the
 * voice service's own for that time (RFC 3725 §4.1). Its hang-up says that the document has decided; how, lies in the plan.
 *
 * ```
 * callee                 edge             Voice Connector
 *   200, answer ───────▶ event answered
 *   ◀─────────────── ACK
 *                        INVITE ──────────▶  X-Dialplane-Token; its answer as the offer
 *                        ◀─────────── 200
 *   ◀─── re-INVITE
 *   200 ───────────────▶
 *   (hears the document)
 *                        ◀─────────── BYE
 *                        plan read           accepted: the callee is offered what the caller offers
 * ```
 */
export class ScreeningCall {
  readonly verdict: Promise<Verdict>;
  readonly #parts: ScreeningCallParts;
  readonly #endsAtMs: number;
  #entering: VoiceServiceCall | undefined;
  #inside: Session | undefined;
  #pair: Pair | undefined;
  #ended = false;

  constructor(parts: ScreeningCallParts) {
    const { surroundings, screening } = parts;
    this.#parts = parts;
    this.#endsAtMs = surroundings.clock.now() + screening.timeoutSeconds * 1_000;
    this.verdict = this.#run().then(verdict => {
      if (verdict !== 'accepted') this.#hangUp('screening refused');
      return this.#ended ? 'ended' : verdict;
    });
  }

  /** Nobody waits for it any more, because of that. */
  end(cause: string): void {
    this.#ended = true;
    this.#hangUp(cause);
  }

  /** What somebody has to hang up if this process cannot. */
  get openLegs(): OpenLeg[] {
    const { surroundings, ledger, index, joined } = this.#parts;
    const isOutside = agentFor(surroundings, ledger.plan.targets[index]) === surroundings.outside;
    const legs = [
      { side: isOutside ? 'outside' : 'inside', session: joined.session },
      { side: 'inside', session: this.#inside },
    ] as const;
    return legs.flatMap(({ side, session }) =>
      session === undefined || session.end ? [] : [{ side, session: session.snapshot() }],
    );
  }

  async #run(): Promise<Verdict> {
    const { surroundings, ledger, joined, changed } = this.#parts;
    const { session } = joined;
    const limit = surroundings.clock.setTimeout(
      () => this.#hangUp('time limit'),
      this.#endsAtMs - surroundings.clock.now(),
    );
    try {
      // The control plane meets the call as it is now: it must find it answered.
      const isWritten = await ledger.save();
      if (!isWritten || this.#ended || session.end) return 'refused';
      this.#inside = await this.#enter().answered;
    } catch (error) {
      surroundings.log('debug', 'The voice service took no screening.', errorFields(error));
      // A document without a word in it decides before the call is answered.
      return session.end ? 'refused' : this.#decision();
    } finally {
      surroundings.clock.clearTimeout(limit);
    }
    changed();
    return (await this.#heard(this.#inside)) === 'inside' ? this.#decision() : 'refused';
  }

  #enter(): VoiceServiceCall {
    const { surroundings, connector, ledger, index, joined } = this.#parts;
    const { plan } = ledger;
    const token = screeningToken(plan.token, index);
    this.#entering = new VoiceServiceCall(surroundings, {
      connector,
      token,
      callerId: plan.callerId,
      ...joined,
    });
    return this.#entering;
  }

  /** The callee hears its document: resolves with who has ended that. */
  #heard(inside: Session): Promise<'inside' | 'outside' | 'edge'> {
    const { surroundings, ledger, index, joined, changed } = this.#parts;
    return new Promise(resolve => {
      this.#pair = new Pair({
        surroundings,
        inside,
        outside: joined.session,
        path: joined.path,
        callSid: ledger.calls[index]?.sid ?? ledger.plan.rootSid,
        endsAtMs: this.#endsAtMs,
        hangupOnStar: false,
        outsideGoesOn: true,
        user: { changed, ended: async by => resolve(by) },
      });
      if (this.#ended) this.#pair.end('screening given up');
      else void this.#pair.introduce();
    });
  }

  async #decision(): Promise<Verdict> {
    const { surroundings, ledger, index, joined } = this.#parts;
    // Until the caller is there to be asked, an offer of the callee waits (RFC 3261 §14.2).
    joined.session.onOffer = offer => offer.reject(491);
    try {
      const stored = await surroundings.plans.get(ledger.plan.token);
      const isAccepted = stored?.verdicts?.[index]?.accepted === true && !this.#ended && !joined.session.end;
      return isAccepted ? 'accepted' : 'refused';
    } catch (error) {
      surroundings.log('error', 'The verdict of a screening could not be read.', errorFields(error));
      return 'refused';
    }
  }

  #hangUp(cause: string): void {
    const { session, path } = this.#parts.joined;
    this.#entering?.cancel();
    this.#pair?.end(cause);
    this.#inside?.bye();
    session.bye({ headers: { Reason: `SIP;cause=200;text="${cause}"` } });
    path.close();
  }
}
