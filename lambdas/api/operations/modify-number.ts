import type { WebTarget } from '../../../core/call.ts';
import type { NumberChange, PhoneNumber } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import type { Operation } from './operation.ts';
import { findNumber } from './read-numbers.ts';

const TARGETS = ['voice', 'voiceFallback', 'statusCallback'] as const;

/** Changes what a number does with its calls; from now on they belong to the dialect that it was changed in. */
export const modifyNumber: Operation<'modifyNumber'> = async ({ numberSid, change }, tools, context) => {
  const before = await findNumber(numberSid, tools, context);
  const number: PhoneNumber = {
    ...before,
    dialect: context.dialect.name,
    friendlyName: change.friendlyName ?? before.friendlyName,
    updatedAtMs: tools.clock.now(),
  };
  for (const name of TARGETS) {
    const target = changed(before[name], change[name], name);
    if (target === undefined) delete number[name];
    else number[name] = target;
  }
  await tools.numbers.put(number);
  return { result: { number } };
};

function changed(
  before: WebTarget | undefined,
  change: NumberChange[(typeof TARGETS)[number]],
  name: string,
): WebTarget | undefined {
  if (change === undefined) return before;
  if (change === null) return undefined;
  const { url, method = 'POST' } = { ...before, ...change };
  if (url !== undefined) return { url, method };
  throw new Problem(
    'missing-parameter',
    'A method says how a URL is asked, and this number has none yet: send both.',
    {
      field: name,
    },
  );
}
