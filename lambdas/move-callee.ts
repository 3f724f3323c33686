/** A callee that is to go on by itself: what lies ready for it, and what the SIP edge is told. */
import type { DialPlans } from '../aws/dial-plans.ts';
import type { EdgeCommands, TimerQueue } from '../aws/queues.ts';
import type { Sessions } from '../aws/sessions.ts';
import type { Call } from '../core/call.ts';
import type { Clock } from '../core/clock.ts';
import { NEVER_BEGUN_AFTER_MS } from '../core/limits.ts';
import { type Bridge, movedSession } from '../core/moving.ts';
import type { Random } from '../core/random.ts';
import type { Entry } from '../core/session.ts';
import { newCallSid } from '../core/sid.ts';
import { newToken } from './edge-link.ts';

export interface MoveTools {
  readonly clock: Clock;
  readonly random: Random;
  readonly sessions: Pick<Sessions, 'create'>;
  readonly plans: Pick<DialPlans, 'put'>;
  readonly timers: TimerQueue;
  /** Undefined where there is no SIP edge. */
  readonly edge: EdgeCommands | undefined;
}

/** A bridge that an edge has made and holds. */
export interface HeldBridge extends Bridge {
  readonly claimedBy?: string;
}

/**
 * Stores the session of its own and its plan, and gives back how to have the edge that holds the bridge take the callee out of it. Done
 * twice, there are two such sessions: the edge moves the callee to one, and nothing is told of the other.
 *
 * @throws RangeError when no target of the bridge talks with the caller
 */
export async function prepareMove(
  bridge: HeldBridge,
  entry: Entry,
  { clock, random, sessions, plans, timers, edge }: MoveTools,
  callback?: Call['callback'],
): Promise<() => Promise<void>> {
  const nowMs = clock.now();
  const sid = newCallSid(random);
  const { session, plan } = movedSession(bridge, { sid, token: newToken(random), entry, nowMs });
  const calls = session.calls.map(call => ({ ...call, ...(callback && { callback }) }));
  await timers.send({ callSid: sid }, NEVER_BEGUN_AFTER_MS);
  const wakeAtMs = nowMs + NEVER_BEGUN_AFTER_MS;
  await sessions.create({ session: { ...session, calls, wakeAtMs } }, nowMs);
  await plans.put({ ...plan, calls }, nowMs, bridge.claimedBy);
  return async () => edge?.send({ kind: 'move', token: plan.token }, bridge.claimedBy);
}
