import { findCall, type Operation } from './operation.ts';

/** The status callbacks of one call, with every attempt. */
export const listDeliveries: Operation<'listDeliveries'> = async ({ callSid }, tools, context) => {
  await findCall(callSid, tools, context);
  const deliveries = await tools.deliveries.list(callSid);
  return { result: { deliveries: deliveries.filter(delivery => delivery.callSid === callSid) } };
};
