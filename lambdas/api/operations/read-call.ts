import { findCall, type Operation } from './operation.ts';

export const readCall: Operation<'readCall'> = async ({ callSid }, tools, context) => {
  const { call, stored } = await findCall(callSid, tools, context);
  return { result: { call, calls: stored.session.calls } };
};
