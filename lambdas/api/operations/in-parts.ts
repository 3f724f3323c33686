import { partsOf } from '../../../core/parts.ts';

/** How many calls of one request are seen to at a time: as many as an AWS client has connections. */
export const AT_A_TIME = 50;

/** Does it for all, some at a time, and keeps their order. */
export async function inParts<T, R>(
  all: readonly T[],
  work: (each: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (const part of partsOf(all, AT_A_TIME)) {
    const begin = results.length;
    results.push(...(await Promise.all(part.map((each, n) => work(each, begin + n)))));
  }
  return results;
}
