import type { ListedSession } from '../../../aws/call-records.ts';
import { partsOf } from '../../../core/parts.ts';
import type { Session } from '../../../core/session.ts';
import { inParts } from './in-parts.ts';
import type { Tools } from './operation.ts';

type Family = Pick<Session, 'calls' | 'dialToken'>;
type Sources = Pick<Tools, 'sessions' | 'calls' | 'edgeLink'>;

/** Sessions of calls that were moved which are in memory at a time. */
const MOVED_AT_A_TIME = 100;

/**
 * Sessions as they are now: calls as the SIP edge last told of them; and in place of each that was moved its own session's,
 * with those that it has dialled.
 */
async function asNow<F extends Family>(families: readonly F[], tools: Sources): Promise<F[]> {
  const current = await tools.edgeLink.currentAll(families);
  const sids = current.flatMap(({ calls }) => calls.flatMap(({ moved }) => moved?.to ?? []));
  const moved = new Map<string | undefined, Session['calls']>();
  for (const part of partsOf(sids, MOVED_AT_A_TIME)) {
    const sessions = await tools.sessions.getAll(part);
    const whole = await inParts(sessions, async each => ({
      ...each,
      calls: await tools.calls.all(each),
    }));
    for (const { calls } of await asNow(whole, tools)) moved.set(calls[0]?.sid, calls);
  }
  return current.map(family => ({
    ...family,
    calls: family.calls.flatMap(call => (call.moved && moved.get(call.sid)) ?? [call]),
  }));
}

/** The same one by one, with all calls of each: one that has dialled thousands is read when it comes to its turn. */
export async function* familiesAsNow(
  listed: readonly ListedSession[],
  tools: Sources,
): AsyncGenerator<ListedSession> {
  const current = await asNow(listed, tools);
  for (const [index, family] of current.entries()) {
    const { dialledBefore } = family;
    if (dialledBefore === undefined) yield family;
    else
      yield* await asNow(
        [{ ...family, calls: await tools.calls.all(listed[index] as ListedSession) }],
        tools,
      );
  }
}
