const ORIGIN = /^(o=.* )(\d+)((?: \S+){3}) *$/m;
const ANY_ORIGIN = /^o=.*$/m;

/**
 * A description as a leg is told it that was told another one `before`, if any. In a dialog the origin stays, whoever a description comes
 * from, and counts what is told: the next version where something else is said (RFC 3264 §8), and otherwise the very text of before.
 */
export function toldAfter(before: string | undefined, sdp: string): string {
  const origin = before === undefined ? null : ORIGIN.exec(before);
  if (before === undefined || origin === null) return sdp;
  const [same, session = '', version = '', place = ''] = origin;
  const from = (line: string) => sdp.replace(ANY_ORIGIN, () => line);
  if (from(same) === before) return before;
  // RFC 4566 §5.2: many take the time for it, which is more than a double holds.
  return from(`${session}${BigInt(version) + 1n}${place}`);
}
