import type { Session } from '../sip/user-agent.ts';
import type { BridgeEntry } from './journal.ts';
import type { Ledger } from './ledger.ts';
import { errorFields } from './log.ts';
import type { MediaPath, Side } from './media-plane.ts';
import { Pair } from './pair.ts';
import type { LiveDial, Surroundings } from './surroundings.ts';

export interface JoinedCallParts {
  readonly surroundings: Surroundings;
  readonly ledger: Ledger;
  /** Which of the plan's calls it is. */
  readonly index: number;
  readonly inside: Session;
  readonly outside: Session;
  readonly path: MediaPath;
  readonly endsAtMs: number;
}

/** A bridge that stands: written down as long as it does, its end told and reported. */
export class JoinedCall implements LiveDial {
  readonly done: Promise<void>;
  readonly #parts: JoinedCallParts;
  readonly #pair: Pair;
  #finish: () => void = () => {};
  /** What was written down last, by identity. */
  #written: readonly unknown[] = [];
  #journal: Promise<void> = Promise.resolve();

  constructor(parts: JoinedCallParts) {
    const { surroundings, ledger, index, inside, outside, path, endsAtMs } = parts;
    this.#parts = parts;
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
      changed: () => this.keep(),
      ended: (by, cause) => this.#ended(by, cause),
    });
    this.keep();
  }

  end(): void {
    this.#pair.end('hung up');
  }

  /** Writes the bridge down as it is now, and lets go of it: the next process of this edge goes on with it. */
  async handOver(): Promise<void> {
    if (this.#pair.over) return;
    this.#written = [];
    this.keep();
    this.#pair.release();
    await this.#journal;
    this.#finish();
  }

  /** The target was dialled before the inside leg was there: now it is told where the media is. */
  introduce(): Promise<void> {
    return this.#pair.introduce();
  }

  /** Writes the bridge down if anything about it has changed: descriptions, targets, when it is refreshed. */
  keep(): void {
    if (this.#pair.over) return;
    const { inside, outside, path } = this.#parts;
    const legs = [inside, outside].flatMap(({ dialog, localSdp, remoteSdp, timer }) => [
      dialog.remoteTarget,
      localSdp,
      remoteSdp,
      timer.agreement,
      timer.refresher.dueAt,
    ]);
    const now = [...legs, path.snapshot()];
    if (now.every((value, at) => value === this.#written[at]) && this.#written.length > 0) return;
    this.#written = now;
    const entry = this.#entry();
    this.#journalled(
      () => this.#parts.surroundings.journal.write(entry),
      () => {
        this.#written = [];
      },
    );
  }

  async #ended(by: Side | 'edge', cause: string): Promise<void> {
    const { surroundings, ledger, index, path } = this.#parts;
    const { answeredAtMs, sid } = ledger.calls[index] ?? {};
    const talkMs = ledger.nowMs - (answeredAtMs ?? ledger.nowMs);
    const media = path.statistics && (await path.statistics());
    ledger.tell(index, ledger.plan.kind === 'bridge' ? 'completed' : undefined, {
      talkMs,
      ...(media && { media }),
    });
    surroundings.log('info', 'A bridge ended.', { callSid: sid, by, cause, talkMs });
    await ledger.save().catch(() => false);
    this.#journalled(() => surroundings.journal.remove(ledger.plan.token));
    void Promise.all([this.#journal, ledger.settled()]).finally(this.#finish);
  }

  /** One after another, so that no bridge is written down after its end. */
  #journalled(run: () => Promise<void>, failed: () => void = () => {}): void {
    const { surroundings, ledger } = this.#parts;
    this.#journal = this.#journal.then(run).catch(error => {
      failed();
      surroundings.log('error', 'The journal could not be written.', {
        callSid: ledger.plan.rootSid,
        ...errorFields(error),
      });
    });
  }

  #entry(): BridgeEntry {
    const { ledger, index, inside, outside, path, endsAtMs } = this.#parts;
    return {
      kind: 'bridge',
      token: ledger.plan.token,
      index,
      inside: inside.snapshot(),
      outside: outside.snapshot(),
      media: path.snapshot(),
      endsAtMs,
      writtenAtMs: ledger.nowMs,
    };
  }
}
