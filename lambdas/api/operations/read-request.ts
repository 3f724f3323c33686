import type { StoredSession } from '../../../aws/sessions.ts';
import type { CallFamily } from '../../../core/operation.ts';
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
      families: [stored, ...others]
        .filter(found => found !== undefined)
        .map(familyOf)
        .filter(({ calls: [root] }) => !root?.deleted),
    },
  };
};

const familyOf = ({ session }: Pick<StoredSession, 'session'>): CallFamily => ({
  calls: session.calls,
  notifications: session.notifications,
  ...(session.pressed && { pressed: session.pressed }),
});
