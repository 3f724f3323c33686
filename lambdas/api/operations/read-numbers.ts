import type { Stored } from '../../../aws/account-items.ts';
import { E164 } from '../../../core/destination.ts';
import type { PhoneNumber } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import type { Operation, OperationContext, Tools } from './operation.ts';

export const listNumbers: Operation<'listNumbers'> = async (
  { number, friendlyName },
  { numbers },
  { request },
) => {
  const all = await numbers.list(request.accountSid);
  const shown = all.filter(
    each =>
      (number === undefined || each.number.includes(number)) &&
      (friendlyName === undefined || each.friendlyName === friendlyName),
  );
  return { result: { numbers: shown } };
};

export const readNumber: Operation<'readNumber'> = async ({ numberSid }, tools, context) => ({
  result: { number: (await findNumber(numberSid, tools, context)).value },
});

/** An account's number by its SID, or by itself in E.164 form, as it was last written. Throws Problem `unknown-number`. */
export async function findNumber(
  name: string,
  { numbers }: Tools,
  { request: { accountSid } }: OperationContext,
): Promise<Stored<PhoneNumber>> {
  const e164 = E164.test(name)
    ? name
    : (await numbers.list(accountSid)).find(({ sid }) => sid === name)?.number;
  const found = e164 === undefined ? undefined : await numbers.read(e164);
  if (found?.value.accountSid === accountSid) return found;
  throw new Problem('unknown-number', `There is no number ${name}.`);
}
