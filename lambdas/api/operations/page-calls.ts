import type { Call } from '../../../core/call.ts';
import { MAX_CALLS_SCANNED } from '../limits.ts';
import { familiesAsNow } from './as-now.ts';
import { matches, SESSIONS_A_READ } from './list-calls.ts';
import type { Operation } from './operation.ts';

/** Calls as a list has them, by their place in it. The list, and so its total, goes as far back as is looked. */
export const pageCalls: Operation<'pageCalls'> = async (
  { filter, also = () => true, offset, limit },
  tools,
  { request },
) => {
  const calls: Call[] = [];
  let after: string | undefined;
  for (let scanned = 0; scanned < MAX_CALLS_SCANNED; ) {
    const page = await tools.calls.list(request.accountSid, SESSIONS_A_READ, after);
    for await (const { calls: family, at } of familiesAsNow(page.sessions, tools)) {
      scanned += family.length;
      calls.push(...family.toReversed().filter(call => matches(call, filter) && also(call)));
      after = at;
    }
    if (page.next === undefined) break;
  }
  return { result: { calls: calls.slice(offset, offset + limit), total: calls.length } };
};
