import type { Screening } from '../core/verb.ts';
import type { TimerHandle } from '../sip/clock.ts';
import { detached } from '../sip/grammar/detached.ts';
import { insideCode } from './best-code.ts';
import { Branch, type BranchUser, type Dialled, type Joined } from './branch.ts';
import { type BranchEnd, ENDS } from './branch-end.ts';
import { ClientBranch } from './client-branch.ts';
import { EarlyMedia } from './early-media.ts';
import { extensionHeaders } from './invite.ts';
import type { Ledger } from './ledger.ts';
import { errorFields } from './log.ts';
import { passOffer } from './pass-offer.ts';
import type { ScreeningCall } from './screening-call.ts';
import type { Surroundings } from './surroundings.ts';

/** To the caller, somebody who was reached and not joined is not there. */
const NOT_JOINED = 480;
const NOT_ACCEPTABLE = 488;

/** What a fork tells whoever started it. */
export interface ForkUser {
  ringing(status: number): void;
  /** Early media of one branch that rings. */
  early(sdp: string): void;
  /** A branch was answered, the others are cancelled; nothing of it is written yet. */
  won(index: number, joined: Joined): void;
  /** A branch was answered that is to be screened before it can win. */
  screen?(index: number, joined: Joined, screening: Screening): ScreeningCall;
  /** Nobody answered; the code is for the inside leg. Exactly one of `won` and `lost` is called, once. */
  lost(code: number): void;
}

export interface ForkParts {
  readonly surroundings: Surroundings;
  readonly ledger: Ledger;
  readonly offer: string | undefined;
  readonly maxForwards: number | undefined;
  readonly user: ForkUser;
}

/** All targets of a plan, called at once; the first 200 wins (RFC 3261 §16.7), or the first that is screened and accepts. Each branch's call is carried on in the ledger. */
export class Fork implements BranchUser {
  readonly #parts: ForkParts;
  readonly #branches: readonly Dialled[];
  readonly #ringingSinceMs = new Map<number, number>();
  readonly #codes: number[] = [];
  /** Branches that have answered, and are not decided. */
  readonly #screenings = new Map<Dialled, ScreeningCall>();
  readonly #early: EarlyMedia;
  #timer: TimerHandle | undefined;
  #decided = false;

  constructor(parts: ForkParts) {
    this.#parts = parts;
    const { surroundings, ledger, offer, maxForwards, user } = parts;
    const { plan } = ledger;
    this.#early = new EarlyMedia(sdp => user.early(sdp));
    this.#branches = plan.targets.map((target, index) => {
      const branch = { surroundings, plan, index, target, offer, maxForwards, user: this };
      return target.client === undefined ? new Branch(branch) : new ClientBranch(branch, target.client);
    });
  }

  /** @param dropped those of its calls that are not to ring, by their SIDs, and how they end */
  start(dropped: ReadonlyMap<string, BranchEnd> = new Map()): void {
    const { surroundings, ledger } = this.#parts;
    this.#timer = surroundings.clock.setTimeout(
      () => this.#cancelRinging(ENDS.timeOut),
      ledger.plan.ringTimeoutSeconds * 1_000,
    );
    for (const branch of this.#branches) {
      const end = dropped.get(ledger.plan.calls[branch.index]?.sid ?? '');
      if (end) branch.cancel(end);
      else branch.start();
    }
    if (this.#branches.length === 0) this.#lost();
  }

  /** Calls nobody: the caller has gone before anybody could be called. */
  refuse(end: BranchEnd): void {
    this.cancel(end);
  }

  /** Gives up every branch that is still open. */
  cancel(end: BranchEnd): void {
    this.#cancelRinging(end);
    for (const [branch, screening] of this.#screenings) {
      screening.end(end.cause);
      this.#notJoined(branch);
    }
  }

  /** Gives up one branch that still rings; the others go on. */
  drop(callSid: string, end: BranchEnd): void {
    const at = this.#parts.ledger.plan.calls.findIndex(({ sid }) => sid === callSid);
    this.#branches[at]?.cancel(end);
  }

  #cancelRinging(end: BranchEnd): void {
    this.#early.clear();
    for (const branch of this.#branches) branch.cancel(end);
  }

  sent(branch: Dialled, sipCallId: string): void {
    this.#parts.ledger.tell(branch.index, undefined, { sipCallId: detached(sipCallId) });
  }

  ringing(branch: Dialled, status: number, early: boolean): void {
    const { ledger, user } = this.#parts;
    if (this.#decided) return;
    if (!this.#ringingSinceMs.has(branch.index)) {
      this.#ringingSinceMs.set(branch.index, ledger.nowMs);
      ledger.tell(branch.index, 'ringing');
      this.#note();
    }
    if (!early) user.ringing(status);
  }

  early(branch: Dialled, sdp: string): void {
    if (!this.#decided) this.#early.heard(branch, sdp);
  }

  answered(branch: Dialled, joined: Joined): void {
    const { ledger, user } = this.#parts;
    const { screening } = ledger.plan.targets[branch.index] ?? {};
    ledger.tell(branch.index, 'in-progress', {
      sipCode: joined.response.status,
      headers: extensionHeaders(joined.response.headers),
      // Kept as long as the call stands, and the response is not.
      to: detached(joined.response.headers.get('To') ?? ''),
      ringMs: this.#ringMs(branch),
      ...(screening && { screening: 'open' }),
    });
    const call = screening && user.screen?.(branch.index, joined, screening);
    if (call === undefined) this.#win(branch, joined);
    else void this.#screened(branch, joined, call);
  }

  /** The others go on, unless the plan says otherwise, until one of them is joined. */
  async #screened(branch: Dialled, joined: Joined, call: ScreeningCall): Promise<void> {
    const { ledger } = this.#parts;
    this.#screenings.set(branch, call);
    if (ledger.plan.othersDuringScreening === 'cancel') this.#cancelRinging(ENDS.elsewhere);
    const verdict = await call.verdict;
    if (verdict === 'accepted') await this.#accept(branch, joined);
    else if (verdict === 'refused') {
      this.#notJoined(branch, 'refused');
      if (!this.#decided) this.#note();
    }
  }

  /** The callee knows the voice service only: now it is offered what the caller offers. */
  async #accept(branch: Dialled, joined: Joined): Promise<void> {
    const { surroundings, ledger, offer, user } = this.#parts;
    const { session: to, path } = joined;
    this.#screenings.delete(branch);
    this.#decide();
    this.cancel(ENDS.elsewhere);
    try {
      const sdp =
        offer === undefined ? joined.sdp : await passOffer({ path, from: 'inside', sdp: offer, to });
      ledger.tell(branch.index, undefined, { screening: 'accepted' });
      this.#win(branch, { ...joined, sdp });
    } catch (error) {
      surroundings.log('warn', 'A screened callee could not be joined.', errorFields(error));
      to.bye();
      path.close();
      this.#tellNotJoined(branch);
      user.lost(NOT_ACCEPTABLE);
    }
  }

  #win({ index }: Dialled, joined: Joined): void {
    const { ledger, user } = this.#parts;
    this.#decide();
    ledger.winner = index;
    this.cancel(ENDS.elsewhere);
    user.won(index, joined);
  }

  /** It had answered, and its call is over. */
  #notJoined(branch: Dialled, screening?: 'refused'): void {
    this.#screenings.delete(branch);
    this.#tellNotJoined(branch, screening);
    this.#codes.push(NOT_JOINED);
    if (!this.#decided && this.#codes.length === this.#branches.length) this.#lost();
  }

  #tellNotJoined({ index }: Dialled, screening?: 'refused'): void {
    const { ledger } = this.#parts;
    const end = screening && ({ by: 'callee', reason: 'screening-refused' } as const);
    ledger.tell(index, 'completed', { talkMs: ledger.talkMs(index), ...(screening && { screening }) }, end);
  }

  ended(branch: Dialled, { outcome, sipCode, end, cause }: BranchEnd): void {
    const { ledger, surroundings } = this.#parts;
    ledger.tell(branch.index, outcome, { sipCode, ringMs: this.#ringMs(branch) }, end);
    surroundings.log('debug', 'A branch ended.', {
      callSid: ledger.calls[branch.index]?.sid,
      outcome,
      sipCode,
      cause,
    });
    this.#codes.push(sipCode);
    if (this.#decided) return;
    this.#early.ended(branch);
    if (this.#codes.length === this.#branches.length) this.#lost();
    else this.#note();
  }

  /** Nobody waits for it, and a later report carries what this one could not. */
  #note(): void {
    this.#parts.ledger.save().catch(() => {});
  }

  #lost(): void {
    this.#decide();
    this.#parts.user.lost(insideCode(this.#codes));
  }

  #decide(): void {
    this.#decided = true;
    this.#parts.surroundings.clock.clearTimeout(this.#timer);
  }

  /** From its first ringing; a target that said nothing has rung for no time. */
  #ringMs(branch: Dialled): number {
    const since = this.#ringingSinceMs.get(branch.index);
    return since === undefined ? 0 : this.#parts.ledger.nowMs - since;
  }
}
