import { findCall, type Operation } from './operation.ts';

/** What went wrong, or nearly, in a call: of its documents and of what they asked for. */
export const listNotifications: Operation<'listNotifications'> = async ({ callSid }, tools, context) => {
  const { stored } = await findCall(callSid, tools, context);
  return { result: { notifications: stored.session.notifications } };
};
