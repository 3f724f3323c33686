import type { PhoneNumber } from '../../../core/operation.ts';
import type { Operation } from './operation.ts';
import { findNumber } from './read-numbers.ts';
import { withApplication, withVoice } from './voice-settings.ts';

/** Changes what a number does with its calls; from now on they belong to the dialect that it was changed in. */
export const modifyNumber: Operation<'modifyNumber'> = async ({ numberSid, change }, tools, context) => {
  const { value: before, version } = await findNumber(numberSid, tools, context);
  const number: PhoneNumber = {
    ...(await withApplication(withVoice(before, change), change, tools, context)),
    dialect: context.dialect.name,
    friendlyName: change.friendlyName ?? before.friendlyName,
    updatedAtMs: tools.clock.now(),
  };
  await tools.numbers.replace(number, version);
  return { result: { number } };
};
