import type { Session } from '../../../core/session.ts';
import type { Tools } from './operation.ts';

type Family = Pick<Session, 'calls' | 'dialToken'>;

/**
 * Up to 100 sessions as they are now: calls as the SIP edge last told of them; and in place of each that was moved its own session's,
 * with those that it has dialled.
 */
export async function asNow<F extends Family>(
  families: readonly F[],
  tools: Pick<Tools, 'sessions' | 'edgeLink'>,
): Promise<F[]> {
  const current = await tools.edgeLink.currentAll(families);
  const sids = current.flatMap(({ calls }) => calls.flatMap(({ moved }) => moved?.to ?? []));
  if (sids.length === 0) return current;
  const moved = new Map(
    (await asNow(await tools.sessions.getAll(sids), tools)).map(({ calls }) => [calls[0]?.sid, calls]),
  );
  return current.map(family => ({
    ...family,
    calls: family.calls.flatMap(call => (call.moved && moved.get(call.sid)) ?? [call]),
  }));
}
