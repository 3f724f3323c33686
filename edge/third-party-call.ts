import type { StoredPlan } from '../aws/dial-plans.ts';
import type { Outcome } from '../core/call.ts';
import type { Session } from '../sip/user-agent.ts';
import type { Joined } from './branch.ts';
import { type BranchEnd, cancelledAs, ENDS } from './branch-end.ts';
import { JoinedCall } from './joined-call.ts';
import { JournalPage } from './journal-page.ts';
import { Ledger } from './ledger.ts';
import { errorFields } from './log.ts';
import type { MediaPath } from './media-plane.ts';
import type { LiveDial, Surroundings, VoiceConnector } from './surroundings.ts';
import { VoiceServiceCall } from './voice-service.ts';

export interface ThirdPartyCallParts {
  readonly surroundings: Surroundings;
  readonly connector: VoiceConnector;
  /** Its plan, which has no other call. */
  readonly stored: StoredPlan;
  /** Hears of the bridge that stands. */
  readonly keep: (call: JoinedCall) => void;
}

/** Its place in its plan. */
export const THE_CALL = 0;

/**
 * A call that the edge sets up between somebody and the voice service, and that neither of the two has begun: third-party call
 * control (RFC 3725 §4.1), with the edge as the controller. Once the outside leg is up, the edge calls the voice service.
 *
 * From the voice service's first event on the call is the control plane's: it announces the end. Until then the edge does.
 */
export abstract class ThirdPartyCall implements LiveDial {
  abstract readonly done: Promise<void>;
  protected readonly surroundings: Surroundings;
  protected readonly ledger: Ledger;
  protected readonly page: JournalPage;
  /** Why it is given up. */
  protected givenUp: BranchEnd | undefined;
  protected joined: JoinedCall | undefined;
  readonly #connector: VoiceConnector;
  readonly #keep: (call: JoinedCall) => void;
  #entering: VoiceServiceCall | undefined;

  constructor({ surroundings, connector, stored, keep }: ThirdPartyCallParts) {
    this.surroundings = surroundings;
    this.#connector = connector;
    this.#keep = keep;
    this.ledger = new Ledger(surroundings, stored);
    this.page = new JournalPage(surroundings, stored.plan.token);
    this.ledger.onClosed = () => this.giveUp(ENDS.planClosed);
  }

  get stands(): boolean {
    return this.joined?.stands === true;
  }

  end(): void {
    this.giveUp(ENDS.draining);
  }

  /** Its owner does not want it any more: where it still rings, it ends with that outcome. */
  cancel(outcome: Outcome): void {
    this.giveUp(cancelledAs(outcome));
  }

  protected giveUp(end: BranchEnd): void {
    this.givenUp ??= end;
    this.#entering?.cancel();
    this.joined?.end();
  }

  /** Resolves when nothing is left of the call, once that has set it up or could not. */
  protected async over(setUp: Promise<void>, failure: string): Promise<void> {
    try {
      await setUp;
      if (this.joined) return await this.joined.done;
      await this.ledger.save().catch(() => false);
      await this.ledger.settled();
      await this.page.remove();
    } catch (error) {
      this.surroundings.log('error', failure, errorFields(error));
      this.giveUp(ENDS.invalidTarget);
    }
  }

  /** Calls the voice service, and joins the outside leg to it: `joined` is there, or else perhaps why not. */
  protected async enter({ session, sdp, path }: Omit<Joined, 'response'>): Promise<void> {
    const { token, callerId } = this.ledger.plan;
    const entrance = { connector: this.#connector, token, callerId, session, sdp };
    const entering = new VoiceServiceCall(this.surroundings, entrance);
    this.#entering = entering;
    try {
      const inside = await entering.answered;
      if (session.end) inside.bye();
      else this.#join(inside, session, path);
    } catch (error) {
      this.surroundings.log('debug', 'The voice service did not take a call.', errorFields(error));
      this.givenUp ??= entering.refusal(error);
    }
  }

  #join(inside: Session, outside: Session, path: MediaPath): void {
    const { surroundings, ledger, page } = this;
    this.joined = new JoinedCall({ surroundings, ledger, page, index: THE_CALL, inside, outside, path });
    this.#keep(this.joined);
    void this.joined.introduce();
  }
}
