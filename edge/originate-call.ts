import type { StoredPlan } from '../aws/dial-plans.ts';
import type { Outcome } from '../core/call.ts';
import type { Session } from '../sip/user-agent.ts';
import type { Joined } from './branch.ts';
import { type BranchEnd, cancelledAs, ENDS } from './branch-end.ts';
import { Fork } from './fork.ts';
import { JoinedCall } from './joined-call.ts';
import { JournalPage } from './journal-page.ts';
import { Ledger } from './ledger.ts';
import { errorFields } from './log.ts';
import type { LiveDial, Surroundings, VoiceConnector } from './surroundings.ts';
import { VoiceServiceCall } from './voice-service.ts';

const THE_CALL = 0;

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
 *
 * From the connector's 200 on the call is the control plane's: it announces the end. Until then the edge does.
 */
export class OriginateCall implements LiveDial {
  readonly done: Promise<void>;
  readonly #surroundings: Surroundings;
  readonly #connector: VoiceConnector;
  readonly #ledger: Ledger;
  readonly #page: JournalPage;
  readonly #keep: (call: JoinedCall) => void;
  #fork: Fork | undefined;
  #endpoint: Session | undefined;
  #connecting: VoiceServiceCall | undefined;
  #joined: JoinedCall | undefined;
  #end: BranchEnd | undefined;
  #rings = false;

  constructor(
    surroundings: Surroundings,
    connector: VoiceConnector,
    stored: StoredPlan,
    keep: (call: JoinedCall) => void,
  ) {
    this.#surroundings = surroundings;
    this.#connector = connector;
    this.#keep = keep;
    this.#ledger = new Ledger(surroundings, stored);
    this.#page = new JournalPage(surroundings, stored.plan.token);
    this.#ledger.onClosed = () => this.#giveUp(ENDS.planClosed);
    this.done = this.#run().catch(error => {
      surroundings.log('error', 'A dial broke.', errorFields(error));
      this.#giveUp(ENDS.invalidTarget);
    });
  }

  end(): void {
    this.#giveUp(ENDS.draining);
  }

  /** Its owner does not want it any more: it ends with that outcome. */
  cancel(outcome: Outcome): void {
    this.#giveUp(cancelledAs(outcome));
  }

  async #run(): Promise<void> {
    const ledger = this.#ledger;
    const { token } = ledger.plan;
    await this.#page.write({ kind: 'dialling', token });
    const answered = await new Promise<Joined | undefined>(resolve => {
      this.#fork = new Fork({
        surroundings: this.#surroundings,
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
      if (this.#end) this.#fork.refuse(this.#end);
      else this.#fork.start();
    });
    if (answered) await this.#answered(answered);
    if (this.#joined) {
      await this.#joined.done;
      return;
    }
    await ledger.save().catch(() => false);
    await ledger.settled();
    await this.#page.remove();
  }

  /** Some calls are to ring only so long. */
  #rang(): void {
    const { hangUpAfterRingingSeconds: seconds } = this.#ledger.plan;
    if (seconds === undefined || this.#rings) return;
    this.#rings = true;
    this.#surroundings.clock.setTimeout(() => {
      if (this.#endpoint === undefined) this.cancel('canceled');
    }, seconds * 1_000);
  }

  async #answered(joined: Joined): Promise<void> {
    const { session } = joined;
    this.#endpoint = session;
    void this.#page.write({
      kind: 'dialling',
      token: this.#ledger.plan.token,
      open: [{ side: 'outside', session: session.snapshot() }],
    });
    // The control plane meets the call as it is now: it must find it answered.
    const written = await this.#ledger.save().catch(() => false);
    if (!written || this.#end || session.end) {
      this.#hangUp(this.#end ?? (written ? undefined : ENDS.unwritten));
      joined.path.close();
      return;
    }
    const { token, callerId } = this.#ledger.plan;
    const call = new VoiceServiceCall(this.#surroundings, {
      connector: this.#connector,
      token,
      callerId,
      ...joined,
    });
    this.#connecting = call;
    try {
      const inside = await call.answered;
      if (session.end) {
        inside.bye();
        this.#hangUp(undefined);
        joined.path.close();
      } else this.#join(inside, joined);
    } catch (error) {
      this.#hangUp(session.end ? undefined : (this.#end ?? call.refusal(error)));
      joined.path.close();
    }
  }

  #join(inside: Session, { session, path }: Joined): void {
    const ledger = this.#ledger;
    this.#joined = new JoinedCall({
      surroundings: this.#surroundings,
      ledger,
      page: this.#page,
      index: THE_CALL,
      inside,
      outside: session,
      path,
    });
    this.#keep(this.#joined);
    void this.#joined.introduce();
  }

  /** The endpoint had answered, and nothing came of it: `end` says why, or it has hung up by itself. */
  #hangUp(end: BranchEnd | undefined): void {
    const ledger = this.#ledger;
    this.#endpoint?.bye();
    const talkMs = ledger.nowMs - (ledger.calls[THE_CALL]?.answeredAtMs ?? ledger.nowMs);
    const facts = { ...(end && { sipCode: end.sipCode }), talkMs };
    ledger.tell(THE_CALL, end?.outcome ?? 'completed', facts, end?.end);
  }

  #giveUp(end: BranchEnd): void {
    this.#end ??= end;
    this.#fork?.cancel(end);
    this.#connecting?.cancel();
    this.#joined?.end();
  }
}
