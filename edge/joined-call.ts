import type { BranchPlace } from '../core/dial-plan.ts';
import type { IncomingReferral, Session } from '../sip/user-agent.ts';
import type { BridgeEntry } from './journal.ts';
import type { JournalPage } from './journal-page.ts';
import type { Ledger } from './ledger.ts';
import type { MediaPath, Side } from './media-plane.ts';
import { Pair, type PairUser } from './pair.ts';
import { takeReferral } from './referral.ts';
import type { LiveDial, Surroundings } from './surroundings.ts';

export interface JoinedCallParts {
  readonly surroundings: Surroundings;
  readonly ledger: Ledger;
  readonly page: JournalPage;
  /** Which of the plan's calls it is. */
  readonly index: number;
  readonly inside: Session;
  readonly outside: Session;
  readonly path: MediaPath;
  /** By its plan's limit from now on, where that does not count already. */
  readonly endsAtMs?: number;
}

/** A bridge that stands: written down as long as it does, its end told and reported. */
export class JoinedCall implements LiveDial, PairUser {
  readonly done: Promise<void>;
  readonly #parts: JoinedCallParts;
  readonly #pair: Pair;
  readonly #endsAtMs: number;
  #finish: () => void = () => {};
  /** What was written down last, by identity. */
  #written: readonly unknown[] = [];

  constructor(parts: JoinedCallParts) {
    const { surroundings, ledger, index, inside, outside, path } = parts;
    const { endsAtMs = ledger.nowMs + ledger.plan.timeLimitSeconds * 1_000 } = parts;
    this.#parts = parts;
    this.#endsAtMs = endsAtMs;
    this.done = new Promise(resolve => {
      this.#finish = resolve;
    });
    // A plan of the edge's own call is closed when the voice service has taken the call over.
    ledger.onClosed = () => {
      if (ledger.plan.kind === 'bridge') this.end();
    };
    this.#pair = new Pair({
      surroundings,
      inside,
      outside,
      path,
      callSid: ledger.calls[index]?.sid ?? ledger.plan.rootSid,
      endsAtMs,
      hangupOnStar: ledger.plan.hangupOnStar,
      user: this,
    });
    this.changed();
  }

  end(cause: 'hung up' | 'transferred' = 'hung up'): void {
    this.#pair.end(cause);
  }

  /** Whether it is the bridge of that target of that plan, and stands. */
  joins({ dialToken, index }: BranchPlace): boolean {
    const { ledger, index: own } = this.#parts;
    return ledger.plan.token === dialToken && own === index && !this.#pair.over;
  }

  /**
   * Ends the inside leg, and gives the target up to the session of that SID: resolves with what is left of it, whether it is still there or not.
   * Undefined where it was no longer this bridge's to give.
   */
  async part(sessionSid: string): Promise<Pick<JoinedCallParts, 'outside' | 'path'> | undefined> {
    const { ledger, index, outside, path } = this.#parts;
    if (ledger.isSettled(index)) return undefined;
    this.#pair.keepOutside();
    ledger.move(index, sessionSid);
    // Not written, and not refused either: whether it was, nobody knows. Then it counts, and the same end is told at worst twice.
    const isWritten = await ledger.save().catch(() => true);
    if (isWritten) this.#pair.part('moved');
    else {
      outside.bye();
      path.close();
    }
    return isWritten ? { outside, path } : undefined;
  }

  /** What comes from that side is not passed on, or is again, if this is the bridge of that plan. */
  mute(dialToken: string, side: Side, isMuted: boolean): void {
    if (this.#parts.ledger.plan.token === dialToken) void this.#pair.mute(side, isMuted);
  }

  /** Its target. */
  get outside(): Session {
    return this.#parts.outside;
  }

  get stands(): boolean {
    return !this.#pair.over;
  }

  /** Writes the bridge down as it is now, for the next process of this edge. Until `release` it goes on here, and may end. */
  async handOver(): Promise<void> {
    if (this.stands) await this.#parts.page.write(this.#entry());
  }

  /** Lets go of the bridge without a word to anybody. */
  release(): void {
    if (!this.stands) return;
    this.#pair.release();
    this.#finish();
  }

  /** The target was dialled before the inside leg was there: now it is told where the media is. */
  introduce(): Promise<void> {
    return this.#pair.introduce();
  }

  /** Writes the bridge down if anything about it has changed: descriptions, targets, when it is refreshed. */
  changed(): void {
    if (this.#pair.over) return;
    const now = changing(this.#parts);
    if (now.every((value, at) => value === this.#written[at]) && this.#written.length > 0) return;
    this.#written = now;
    void this.#parts.page.write(this.#entry()).then(isWritten => {
      // It is tried again when bridges are looked at the next time.
      if (!isWritten) this.#written = [];
    });
  }

  /** It is asked to send the other one on: where it can be, its own leg ends. */
  async referred(referral: IncomingReferral): Promise<void> {
    if (await takeReferral(referral, this.#parts)) this.end('transferred');
  }

  async ended(by: Side | 'edge', cause: string): Promise<void> {
    const { surroundings, ledger, page, index, path } = this.#parts;
    const talkMs = ledger.talkMs(index);
    const media = path.statistics && (await path.statistics().catch(() => undefined));
    const isOurs = ledger.plan.kind === 'bridge' && (media !== undefined || !surroundings.insideMeasures);
    ledger.tell(index, isOurs ? 'completed' : undefined, { talkMs, ...(media && { media }) });
    surroundings.log('info', 'A bridge ended.', {
      callSid: ledger.calls[index]?.sid,
      by,
      cause,
      talkMs,
    });
    await ledger.save().catch(() => false);
    // As long as its events may not be published, the next process must find it.
    void ledger
      .settled()
      .then(() => page.remove())
      .finally(this.#finish);
  }

  #entry(): BridgeEntry {
    const { ledger, index, inside, outside, path } = this.#parts;
    return {
      kind: 'bridge',
      token: ledger.plan.token,
      index,
      inside: inside.snapshot(),
      outside: outside.snapshot(),
      media: path.snapshot(),
      endsAtMs: this.#endsAtMs,
      writtenAtMs: ledger.nowMs,
    };
  }
}

/** What may become another of a bridge while it stands. */
function changing({ inside, outside, path }: JoinedCallParts): readonly unknown[] {
  return [
    inside.dialog.remoteTarget,
    inside.localSdp,
    inside.remoteSdp,
    inside.timer.agreement,
    inside.timer.refresher.dueAt,
    outside.dialog.remoteTarget,
    outside.dialog.detour,
    outside.localSdp,
    outside.remoteSdp,
    outside.timer.agreement,
    outside.timer.refresher.dueAt,
    path.snapshot(),
  ];
}
