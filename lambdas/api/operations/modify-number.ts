import type { PhoneNumber } from '../../../core/operation.ts';
import type { Operation } from './operation.ts';
import { findNumber } from './read-numbers.ts';

/** Changes what a number does with its calls; from now on they belong to the dialect that it was changed in. */
export const modifyNumber: Operation<'modifyNumber'> = async ({ numberSid, change }, tools, context) => {
  const before = await findNumber(numberSid, tools, context);
  const merged = { ...before, ...change, dialect: context.dialect.name, updatedAtMs: tools.clock.now() };
  const number = Object.fromEntries(
    Object.entries(merged).filter(([, value]) => value !== null),
  ) as unknown as PhoneNumber;
  await tools.numbers.put(number);
  return { result: { number } };
};
