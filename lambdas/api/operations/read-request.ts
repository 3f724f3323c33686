import type { StoredSession } from '../../../aws/sessions.ts';
import type { Call } from '../../../core/call.ts';
import type { CallFamily } from '../../../core/operation.ts';
import type { Session } from '../../../core/session.ts';
import { siblingSid } from '../../../core/sid.ts';
import { inParts } from './in-parts.ts';
import { findCall, type Operation } from './operation.ts';

/** All that one request placed; a call that was deleted since is left out. */
export const readRequest: Operation<'readRequest'> = async ({ callSid }, tools, context) => {
  const { stored } = await findCall(callSid, tools, context);
  const { requestKind, siblings = 0, sid } = stored.session;
  const sids = Array.from({ length: siblings }, (_, n) => siblingSid(sid, n + 1));
  const others = await inParts(sids, each => tools.sessions.get(each));
  return {
    result: {
      callSid: sid,
      ...(requestKind !== undefined && { requestKind }),
      families: await inParts(
        [stored, ...others].filter(found => found !== undefined).filter(isShown),
        async ({ session }) => familyOf(session, await tools.calls.all(session)),
      ),
    },
  };
};

const isShown = ({ session: { calls } }: StoredSession): boolean => !calls[0]?.deleted;

const familyOf = ({ notifications, pressed }: Session, calls: Call[]): CallFamily => ({
  calls,
  notifications,
  ...(pressed && { pressed }),
});
