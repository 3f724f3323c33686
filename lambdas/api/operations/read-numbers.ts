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
  result: { number: await findNumber(numberSid, tools, context) },
});

/** An account's number by its SID, or by itself in E.164 form. Throws Problem `unknown-number`. */
export async function findNumber(
  name: string,
  { numbers }: Tools,
  { request }: OperationContext,
): Promise<PhoneNumber> {
  const number = (await numbers.list(request.accountSid)).find(
    each => each.sid === name || each.number === name,
  );
  if (number === undefined) throw new Problem('unknown-number', `There is no number ${name}.`);
  return number;
}
