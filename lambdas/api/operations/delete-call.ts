import { isOver } from '../../../core/call.ts';
import { Problem } from '../../../core/problem.ts';
import { findCall, type Operation } from './operation.ts';

/** Takes the record of a call that is over away. What it was part of stays readable. */
export const deleteCall: Operation<'deleteCall'> = async ({ callSid }, tools, context) => {
  const { stored, call } = await findCall(callSid, tools, context);
  if (!isOver(call))
    throw new Problem('not-finished', 'The call is not over: its record can be deleted afterwards.');
  const { session } = stored;
  const calls = session.calls.map(each =>
    each.sid === callSid ? { ...each, deleted: true as const } : each,
  );
  await tools.sessions.save({ ...stored, session: { ...session, calls } }, tools.clock.now());
  return { result: undefined };
};
