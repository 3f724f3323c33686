/** Dial plans in the call table: made by the control plane, claimed once by an edge, reported on by it. */
import type { Outcome, StatusCallback } from '../core/call.ts';
import type { BranchPlace, DialPlan, DialReport, ScreeningVerdict } from '../core/dial-plan.ts';
import { isMovedTo } from '../core/moving.ts';
import type { Refusal } from '../core/refusal.ts';
import { createSessions } from './sessions.ts';
import { Conflict, expiry, type Item, json, type Key, NEW, parseJson, type Table } from './table.ts';

/** How long a plan can be looked at: longer than any call. */
const KEEP_FOR_MS = 48 * 60 * 60 * 1000;

const planKey = (token: string): Key => ({ pk: `dial#${token}`, sk: 'dial' });

/** A plan and what has become of it. */
export interface StoredPlan {
  plan: DialPlan;
  /** Who claimed it: an edge's own name. */
  claimedBy?: string;
  report?: DialReport;
  /** Raised by every report: a writer that has read an older one is refused. */
  version: number;
  /** Of the targets that were screened, by their place among the targets. */
  verdicts?: Record<number, ScreeningVerdict>;
  /** What its caller, whom the edge has brought, is to be turned away with. */
  refusal?: Refusal;
  /** Calls of it that are not to ring any more, by their SIDs, and how they end. */
  dropped?: Record<string, Outcome>;
  /** Subscribers that calls of it have got since it was made, by their SIDs. */
  callbacks?: Record<string, StatusCallback>;
  /** Where the caller has sent whoever has answered (RFC 3515). */
  referTo?: string;
  /** The control plane has ended what was left of it; the edge reports no more. */
  closed: boolean;
}

export interface DialPlans {
  /** With `edge`, it is claimed by that edge from the beginning. */
  put(plan: DialPlan, nowMs: number, edge?: string): Promise<void>;
  get(token: string): Promise<StoredPlan | undefined>;
  /** The plan that the session of that SID, its root call's, has open: what its Dial dials by, while one is under way. */
  openOf(sessionSid: string): Promise<StoredPlan | undefined>;
  /** The reports of several plans, by their tokens; of up to 100 plans. */
  reportsOf(tokens: readonly string[]): Promise<Map<string, DialReport>>;
  /** The plan, to whoever asks first and in time. Undefined for a token that is unknown, used or expired. */
  claim(token: string, edge: string, nowMs: number): Promise<StoredPlan | undefined>;
  /** Throws Conflict when somebody has written since `version`, or the plan is closed. Gives back the new version, and who has subscribed until then. */
  report(
    token: string,
    version: number,
    report: DialReport,
  ): Promise<Pick<StoredPlan, 'version' | 'callbacks'>>;
  /** What a target's screening came to; it can be said again. No report is refused because of it. */
  decide(token: string, index: number, verdict: ScreeningVerdict): Promise<void>;
  /** What its caller, whom the edge has brought, is to be turned away with; it can be said again, and otherwise. */
  refuse(token: string, refusal: Refusal): Promise<void>;
  /**
   * One of its calls is not to ring any more: whoever claims the plan from now on finds it so. It can be said again. Gives back who
   * has claimed it before, and has to be told.
   */
  drop(token: string, callSid: string, outcome: Outcome): Promise<string | undefined>;
  /** One of its calls has another subscriber: whoever claims the plan, or writes a report of it, from now on finds it so. It can be said again. */
  subscribe(token: string, callSid: string, callback: StatusCallback): Promise<void>;
  /** The caller sends whoever has answered on: false when the plan is closed. It can be said again. */
  refer(token: string, referTo: string): Promise<boolean>;
  /**
   * The control plane ends the rest by itself: the edge's reports are refused from now on. It can be said again. Throws
   * Conflict when the edge has reported since `version`.
   */
  close(token: string, version: number): Promise<void>;
}

/**
 * Whether the call of a session, or of a plan of kind `moved`, is still in the bridge that it is to be taken out of.
 *
 * @param sid of the session that is to have it
 */
export async function isStillBridged(
  plans: Pick<DialPlans, 'get'>,
  sid: string,
  movedFrom: BranchPlace | undefined,
): Promise<boolean> {
  return (
    movedFrom !== undefined && !isMovedTo(sid, movedFrom, (await plans.get(movedFrom.dialToken))?.report)
  );
}

/** An attribute for each target, so that what is said of two at once does not overwrite each other. */
const VERDICT = 'verdict';
const DROPPED = 'dropped';
const CALLBACK = 'callback';

/** What is said of targets, by their place or their call; undefined where nothing is. */
function ofTargets<T>(item: Item, kind: string): Record<string, T> | undefined {
  const named = Object.entries(item).filter(([name]) => name.startsWith(kind));
  if (named.length === 0) return undefined;
  return Object.fromEntries(
    named.map(([name, value]) => [name.slice(kind.length), parseJson<T>(value) as T]),
  );
}

export function createDialPlans(table: Table): DialPlans {
  const sessions = createSessions(table);

  /** Says something of a plan, be it closed or not; it can be said again. Gives back the plan's item. */
  const say = (token: string, attribute: string, value: object | string): Promise<Item> =>
    table.update(
      planKey(token),
      `SET ${attribute} = :value`,
      { ':value': json(value) },
      { expression: 'attribute_exists(pk)' },
    );

  const decode = (item: Awaited<ReturnType<Table['get']>>): StoredPlan | undefined => {
    const plan = parseJson<DialPlan>(item?.['plan']);
    if (item === undefined || plan === undefined) return undefined;
    const report = parseJson<DialReport>(item['report']);
    const refusal = parseJson<Refusal>(item['refusal']);
    const claimedBy = item['claimedBy']?.S;
    const verdicts = ofTargets<ScreeningVerdict>(item, VERDICT);
    const dropped = ofTargets<Outcome>(item, DROPPED);
    const callbacks = ofTargets<StatusCallback>(item, CALLBACK);
    const referTo = item['referTo']?.S;
    return {
      plan,
      version: Number(item['version']?.N),
      closed: item['closed']?.BOOL === true,
      ...(claimedBy !== undefined && { claimedBy }),
      ...(report && { report }),
      ...(refusal && { refusal }),
      ...(verdicts && { verdicts }),
      ...(dropped && { dropped }),
      ...(callbacks && { callbacks }),
      ...(referTo !== undefined && { referTo }),
    };
  };

  return {
    async put(plan, nowMs, edge) {
      const { pk, sk } = planKey(plan.token);
      await table.put(
        {
          pk: { S: pk },
          sk: { S: sk },
          plan: json(plan),
          ...(edge !== undefined && { claimedBy: { S: edge } }),
          version: { N: '0' },
          usableUntilMs: { N: String(plan.expiresAtMs) },
          expiresAt: expiry(nowMs + KEEP_FOR_MS),
        },
        NEW,
      );
    },

    get: async token => decode(await table.get(planKey(token))),

    async openOf(sessionSid) {
      const { dialToken } = (await sessions.get(sessionSid))?.session ?? {};
      return dialToken === undefined ? undefined : decode(await table.get(planKey(dialToken)));
    },

    async reportsOf(tokens) {
      const found = tokens.length === 0 ? [] : await table.getAll(tokens.map(planKey));
      return new Map(
        found.flatMap(item => {
          const { plan, report } = decode(item) ?? {};
          return plan && report ? [[plan.token, report]] : [];
        }),
      );
    },

    async claim(token, edge, nowMs) {
      try {
        const item = await table.update(
          planKey(token),
          'SET claimedBy = :edge',
          { ':edge': { S: edge } },
          {
            expression:
              'attribute_exists(pk) AND attribute_not_exists(claimedBy) AND attribute_not_exists(closed) AND usableUntilMs > :now',
            values: { ':now': { N: String(nowMs) } },
          },
        );
        return decode(item);
      } catch (error) {
        if (error instanceof Conflict) return undefined;
        throw error;
      }
    },

    async report(token, version, report) {
      const item = await table.update(
        planKey(token),
        'SET report = :report, version = :next',
        { ':report': json(report), ':next': { N: String(version + 1) } },
        {
          expression: 'version = :version AND attribute_not_exists(closed)',
          values: { ':version': { N: String(version) } },
        },
      );
      const callbacks = ofTargets<StatusCallback>(item, CALLBACK);
      return { version: version + 1, ...(callbacks && { callbacks }) };
    },

    async decide(token, index, verdict) {
      await say(token, `${VERDICT}${index}`, verdict);
    },

    async refuse(token, refusal) {
      await say(token, 'refusal', refusal);
    },

    async drop(token, callSid, outcome) {
      return (await say(token, `${DROPPED}${callSid}`, outcome))['claimedBy']?.S;
    },

    async subscribe(token, callSid, callback) {
      await say(token, `${CALLBACK}${callSid}`, callback);
    },

    async refer(token, referTo) {
      try {
        await table.update(
          planKey(token),
          'SET referTo = :referTo',
          { ':referTo': { S: referTo } },
          { expression: 'attribute_exists(pk) AND attribute_not_exists(closed)' },
        );
        return true;
      } catch (error) {
        if (error instanceof Conflict) return false;
        throw error;
      }
    },

    async close(token, version) {
      await table.update(
        planKey(token),
        'SET closed = :closed',
        { ':closed': { BOOL: true } },
        { expression: 'version = :version', values: { ':version': { N: String(version) } } },
      );
    },
  };
}
