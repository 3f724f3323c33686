import type { DialPlans, StoredPlan } from '../../../aws/dial-plans.ts';
import { Conflict } from '../../../aws/table.ts';
import type { Outcome, StatusCallback } from '../../../core/call.ts';
import type { DialPlan, DialReport, ScreeningVerdict } from '../../../core/dial-plan.ts';
import type { Refusal } from '../../../core/refusal.ts';

/** Dial plans in memory, with the same rules as those in the table. */
export class MemoryPlans implements DialPlans {
  readonly items = new Map<string, StoredPlan>();
  /** Every report that was written, as it was then. */
  readonly reports: DialReport[] = [];
  /** Set it to hold a write up, or to make it fail. */
  before: (what: 'claim' | 'report') => Promise<void> = async () => {};
  /** Set it for what happens when something lies in the table, and who wrote it does not know yet. */
  after: (item: StoredPlan) => Promise<void> = async () => {};

  async put(plan: DialPlan, _nowMs = 0, edge?: string): Promise<void> {
    const claimed = edge === undefined ? {} : { claimedBy: edge };
    this.items.set(plan.token, { plan: structuredClone(plan), version: 0, closed: false, ...claimed });
  }

  async get(token: string): Promise<StoredPlan | undefined> {
    return structuredClone(this.items.get(token));
  }

  /** Of the bridge that is there, as if it was that session's Dial. */
  async openOf(sessionSid: string): Promise<StoredPlan | undefined> {
    const bridge = [...this.items.values()].find(
      ({ plan }) => plan.kind === 'bridge' && plan.rootSid === sessionSid,
    );
    return structuredClone(bridge);
  }

  async refer(token: string, referTo: string): Promise<boolean> {
    await this.before('report');
    const item = this.items.get(token);
    if (item === undefined || item.closed) return false;
    item.referTo = referTo;
    await this.after(item);
    return true;
  }

  async reportsOf(tokens: readonly string[]): Promise<Map<string, DialReport>> {
    return new Map(
      tokens.flatMap(token => {
        const { report } = this.items.get(token) ?? {};
        return report ? [[token, structuredClone(report)]] : [];
      }),
    );
  }

  async claim(token: string, edge: string, nowMs: number): Promise<StoredPlan | undefined> {
    await this.before('claim');
    const item = this.items.get(token);
    if (item === undefined || item.claimedBy || item.closed || item.plan.expiresAtMs <= nowMs)
      return undefined;
    item.claimedBy = edge;
    return structuredClone(item);
  }

  async report(
    token: string,
    version: number,
    report: DialReport,
  ): Promise<Pick<StoredPlan, 'version' | 'callbacks'>> {
    const kept = structuredClone(report);
    await this.before('report');
    const item = this.#open(token, version);
    if (item.closed) throw new Conflict('closed');
    item.report = kept;
    this.reports.push(kept);
    const written = ++item.version;
    const { callbacks } = structuredClone(item);
    await this.after(item);
    return { version: written, ...(callbacks && { callbacks }) };
  }

  async subscribe(token: string, callSid: string, callback: StatusCallback): Promise<void> {
    const item = this.items.get(token);
    if (item === undefined) throw new Conflict('unknown');
    item.callbacks = { ...item.callbacks, [callSid]: callback };
  }

  async decide(token: string, index: number, verdict: ScreeningVerdict): Promise<void> {
    const item = this.items.get(token);
    if (item === undefined) throw new Conflict('unknown');
    item.verdicts = { ...item.verdicts, [index]: verdict };
  }

  async refuse(token: string, refusal: Refusal): Promise<void> {
    const item = this.items.get(token);
    if (item === undefined) throw new Conflict('unknown');
    item.refusal = refusal;
  }

  async drop(token: string, callSid: string, outcome: Outcome): Promise<string | undefined> {
    const item = this.items.get(token);
    if (item === undefined) throw new Conflict('unknown');
    item.dropped = { ...item.dropped, [callSid]: outcome };
    return item.claimedBy;
  }

  async close(token: string, version: number): Promise<void> {
    this.#open(token, version).closed = true;
  }

  #open(token: string, version: number): StoredPlan {
    const item = this.items.get(token);
    if (item === undefined || item.version !== version) throw new Conflict('version');
    return item;
  }
}
