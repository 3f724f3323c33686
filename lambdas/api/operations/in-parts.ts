/** How many calls of one request are seen to at a time. */
const PART = 10;

/** Does it for all, some at a time, and keeps their order. */
export async function inParts<T, R>(
  all: readonly T[],
  work: (each: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let begin = 0; begin < all.length; begin += PART) {
    const part = all.slice(begin, begin + PART);
    results.push(...(await Promise.all(part.map((each, n) => work(each, begin + n)))));
  }
  return results;
}
