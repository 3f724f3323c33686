import { isOver } from '../../../core/call.ts';
import { Problem } from '../../../core/problem.ts';
import { findCall, type Operation } from './operation.ts';

/** Takes the record of a call that is over away. What it was part of stays readable. */
export const deleteCall: Operation<'deleteCall'> = async ({ callSid }, tools, context) => {
  const { stored, call } = await findCall(callSid, tools, context);
  if (!isOver(call))
    throw new Problem('not-finished', 'The call is not over: its record can be deleted afterwards.');
  await tools.calls.save(stored, { ...call, deleted: true }, tools.clock.now());
  return { result: undefined };
};
