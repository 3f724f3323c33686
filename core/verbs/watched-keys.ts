/** Key sequences that a Dial watches while the two talk. */

/** Keys that are told further apart than this are no sequence. */
export const MAX_KEY_GAP_MS = 2_000;

/** The last keys that somebody pressed. */
export interface RecentKeys {
  keys: string;
  atMs: number;
}

/**
 * What of the sequences has just been pressed, in that order, and the keys that the next one may begin with. Of several that one key
 * completes, the longest counts; its keys count for no other one, unless that begins with it.
 */
export function keysMatched(
  sequences: readonly string[],
  keys: string,
  nowMs: number,
  before?: RecentKeys,
): { matched: string[]; recent: RecentKeys } {
  const matched: string[] = [];
  const longest = Math.max(...sequences.map(({ length }) => length));
  let recent = before !== undefined && nowMs - before.atMs <= MAX_KEY_GAP_MS ? before.keys : '';
  for (const key of keys) {
    recent = (recent + key).slice(-longest);
    const [match] = sequences
      .filter(sequence => recent.endsWith(sequence))
      .sort((one, other) => other.length - one.length);
    if (match === undefined) continue;
    matched.push(match);
    recent = sequences.some(other => other !== match && other.startsWith(match)) ? match : '';
  }
  return { matched, recent: { keys: recent, atMs: nowMs } };
}
