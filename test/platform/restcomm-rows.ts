/** The rows of the behaviours that Restcomm's own test suite asserts, and what is to be said of those that cannot hold here. */

const rows = (section: string, numbers: string): string[] =>
  numbers.split(' ').map(number => `${section}${number}`);

/** Each row, by its section and number. */
export const ROWS: readonly string[] = [
  ...rows('A', '01 02 04 05 07 08 10 11 12 13 14 15 17 18 20 21 22 24 25'),
  ...rows('B', '01 02 03 05 06 08 09 10 12 14 15 16 18 19 20 21 22 23'),
  ...rows('C', '01 03 04 06 07 08 09 10 12 14 15 16 17'),
  ...rows('D', '01 02 03 04 06 07 09 10 11 14 16 17 18 20'),
  ...rows('E', '01 02 04 06 07'),
  ...rows('F', '01 02 04 05 06 08 09 11 12 13 14 16'),
  ...rows('G', '01 02 03 05 07 08 10 11 13'),
  ...rows('H', '01 02 04 05 06 08 09 11 12 13 14 15 17 18'),
  ...rows('I', '01 02 04 05 08 09 10 11 12 13 15 16'),
  ...rows('J', '01 03 04 05 06 07 09 10 11 12 13 15 16 17'),
  ...rows('K', '01 03 04 06 07'),
];

const ACCOUNTS = 'An account has no states: whoever runs the deployment makes accounts, and takes them away.';
const RECORDING = 'There is no recording; a Record is skipped with a warning.';
const CONFERENCES = 'There are no conferences; a Dial of one fails with a warning.';

/** Rows without a test of their own: why. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  A10: ACCOUNTS,
  A11: ACCOUNTS,
  A12: ACCOUNTS,
  A13: ACCOUNTS,
  A24: 'Phones are not sent OPTIONS: that a peer is gone is found by session refreshes, where it or the noun asks for them.',
  A25: 'There are no sub-accounts: each account reaches and reads its own.',
  G13: 'There is no recording and no SMS, and what an action answers after the caller has left is ignored; its callbacks are G11.',
  H18: 'A trunk names one host, whose SRV records may name others beside it (RFC 3263).',
  I05: CONFERENCES,
  I11: CONFERENCES,
  I12: CONFERENCES,
  J01: RECORDING,
  J03: RECORDING,
  J04: RECORDING,
  J05: RECORDING,
  J07: RECORDING,
  J11: CONFERENCES,
  J12: CONFERENCES,
  J13: CONFERENCES,
  J15: CONFERENCES,
  J16: CONFERENCES,
  J17: CONFERENCES,
};

const LITERAL = /'(?:[^'\\\n]|\\.)*'/g;
const ROW = /\b[A-K]\d\d\b/g;

/** The rows that the titles in a test file's text name: a literal that begins with a row, and all rows in it. */
export function rowsNamedIn(source: string): string[] {
  const titles = [...source.matchAll(LITERAL)].map(([literal]) => literal.slice(1, -1));
  return titles.filter(title => /^[A-K]\d\d\b/.test(title)).flatMap(title => title.match(ROW) ?? []);
}
