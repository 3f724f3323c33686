import type { Bus } from '../aws/bus.ts';
import type { DialPlans, StoredPlan } from '../aws/dial-plans.ts';
import { Conflict } from '../aws/table.ts';
import { type Call, type CallStatus, isOver, isSettled } from '../core/call.ts';
import type { CallEnd } from '../core/call-end.ts';
import type { BranchFacts, DialPlan, DialReport } from '../core/dial-plan.ts';
import type { CallEvent } from '../core/event.ts';
import { announce, progress, resubscribe, type Telling } from '../core/progress.ts';
import type { Clock } from '../sip/user-agent.ts';
import { errorFields, type Log } from './log.ts';

export interface LedgerParts {
  readonly plans: Pick<DialPlans, 'get' | 'report'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Log;
}

/** Between two tries to write a report: somebody waits for it. */
const WRITE_AGAIN_MS: readonly number[] = [100, 400, 1_000];
/** Between two tries to publish: the last one for ever. */
const PUBLISH_AGAIN_MS: readonly number[] = [1_000, 2_000, 5_000, 15_000, 60_000];

const DONE = Promise.resolve();

/**
 * What became of one dial: its calls and branches, written into the plan's report, and the events of it. An event is
 * in the report before it is on the bus, so that after a crash it can be published again. Once the control plane has
 * closed the plan, nothing is written or published any more: the calls are its own.
 */
export class Ledger {
  readonly plan: DialPlan;
  readonly calls: Call[];
  readonly branches: BranchFacts[];
  winner: number | undefined;
  /** Called once, when a report is refused because the plan is closed. */
  onClosed: () => void = () => {};
  readonly #parts: LedgerParts;
  #version: number;
  #closed: boolean;
  #dirty = false;
  /** Events that are not known to be published, */
  #outbox: CallEvent[];
  /** how many went before them, */
  #published = 0;
  /** and how many, with those, lie in the table. */
  #written: number;
  #saving: Promise<unknown> = DONE;
  #publishing: Promise<void> | undefined;

  /** It goes on with the calls of the report, or of the plan: nobody else has them. */
  constructor(parts: LedgerParts, { plan, report, version, closed, callbacks }: StoredPlan) {
    this.#parts = parts;
    this.plan = plan;
    this.calls = report?.calls ?? plan.calls;
    this.branches = report?.branches ?? plan.calls.map(() => ({}));
    this.winner = report?.winner;
    this.#outbox = report?.outbox ?? [];
    this.#written = this.#outbox.length;
    this.#version = version;
    this.#closed = closed;
    this.#subscribe(callbacks);
  }

  /** The control plane has taken the calls over. */
  get closed(): boolean {
    return this.#closed;
  }

  get nowMs(): number {
    return Math.floor(this.#parts.clock.now());
  }

  /** How long a branch has talked by now. */
  talkMs(index: number): number {
    return this.nowMs - (this.calls[index]?.answeredAtMs ?? this.nowMs);
  }

  /** Nothing more is told of that branch by this dial. */
  isSettled(index: number): boolean {
    const call = this.calls[index];
    return call === undefined || isSettled(call);
  }

  /** Moves a branch's call on, and notes facts of the branch. Nothing leaves before `save`. */
  tell(index: number, status: CallStatus | undefined, facts: BranchFacts = {}, end?: CallEnd): void {
    const call = this.calls[index];
    const branch = this.branches[index];
    if (call === undefined || branch === undefined || isSettled(call)) return;
    Object.assign(branch, facts);
    if (facts.media) call.media = facts.media.outside;
    if (facts.sipCode !== undefined && status !== undefined && status !== 'in-progress')
      call.sipCode = facts.sipCode;
    if (end) call.end = end;
    if (status !== undefined) this.#outbox.push(...progress(call, status, this.#telling));
    this.#dirty = true;
  }

  /** A branch's call talks with the caller. Nothing leaves before `save`. */
  joined(index: number): void {
    const call = this.calls[index];
    if (call === undefined || isOver(call)) return;
    this.#outbox.push(...announce('Call Joined', call, this.#telling));
    this.#dirty = true;
  }

  /** Gives a call up to the session of that SID: from here on nothing more of it is told by this dial. Nothing leaves before `save`. */
  move(index: number, to: string): void {
    const call = this.calls[index];
    if (call === undefined || isSettled(call)) return;
    this.tell(index, undefined, { talkMs: this.talkMs(index) });
    call.moved = { to, atMs: this.nowMs };
  }

  /**
   * Writes what was told so far, and then publishes it. Resolves once it is written: false if the plan is closed.
   * Rejects when it could not be written, again and again.
   */
  save(): Promise<boolean> {
    const saved = this.#save(this.#saving);
    this.#saving = saved.catch(() => {});
    return saved;
  }

  /** Publishes what lies in the report's outbox: perhaps once more, and with the same ids. */
  publish(): Promise<void> {
    if (this.#written > this.#published) this.#publishing ??= this.#publish();
    return this.#publishing ?? DONE;
  }

  /** Resolves when everything told is written and published. */
  async settled(): Promise<void> {
    await this.#saving;
    await this.publish();
  }

  async #save(before: Promise<unknown>): Promise<boolean> {
    await before;
    for (let tries = 0; this.#dirty && !this.#closed; tries++) {
      const count = this.#published + this.#outbox.length;
      this.#dirty = false;
      try {
        await this.#write(this.#report());
        if (!this.#closed) this.#written = count;
      } catch (error) {
        this.#dirty = true;
        const waitMs = WRITE_AGAIN_MS[tries];
        this.#parts.log('error', 'The report of a dial could not be written.', this.#fields(error));
        if (waitMs === undefined) throw error;
        await this.#sleep(waitMs);
      }
    }
    if (!this.#closed) void this.publish();
    return !this.#closed;
  }

  async #write(report: DialReport): Promise<void> {
    const { plans } = this.#parts;
    try {
      const { version, callbacks } = await plans.report(this.plan.token, this.#version, report);
      this.#version = version;
      this.#subscribe(callbacks);
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      const stored = await plans.get(this.plan.token);
      if (stored === undefined || stored.closed) {
        this.#closed = true;
        this.onClosed();
        return;
      }
      // Our own write, whose answer was lost: it counts. Or else there is a newer version to write upon.
      const ours = stored.version === this.#version + 1 && same(stored.report, report);
      this.#version = stored.version;
      if (!ours) throw error;
    }
  }

  /** Whoever subscribed before a report was written is told what that tells of. */
  #subscribe(callbacks: StoredPlan['callbacks']): void {
    if (callbacks === undefined) return;
    for (const call of this.calls) {
      const callback = callbacks[call.sid];
      if (callback === undefined || same(call.callback, callback)) continue;
      resubscribe(call, callback, this.#outbox.slice(this.#written - this.#published));
      this.#dirty = true;
    }
  }

  get #telling(): Telling {
    const { accountSid, dialect } = this.plan;
    return { nowMs: this.nowMs, accountSid, dialect };
  }

  #report(): DialReport {
    const { calls, branches, winner } = this;
    const outbox = this.#outbox;
    return winner === undefined ? { calls, branches, outbox } : { calls, branches, winner, outbox };
  }

  async #publish(): Promise<void> {
    for (let tries = 0; this.#written > this.#published; ) {
      const events = this.#outbox.slice(0, this.#written - this.#published);
      try {
        await this.#parts.bus.publish(events);
        this.#outbox = this.#outbox.slice(events.length);
        this.#published += events.length;
        tries = 0;
      } catch (error) {
        this.#parts.log('error', 'Events of a dial could not be published.', this.#fields(error));
        await this.#sleep(PUBLISH_AGAIN_MS[tries] ?? 60_000);
        tries = Math.min(tries + 1, PUBLISH_AGAIN_MS.length - 1);
      }
    }
    this.#publishing = undefined;
  }

  #fields(error: unknown): Record<string, unknown> {
    return { callSid: this.plan.rootSid, ...errorFields(error) };
  }

  #sleep(ms: number): Promise<void> {
    return new Promise(resolve => {
      this.#parts.clock.setTimeout(resolve, ms);
    });
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
