/**
 * Patterns of dialled numbers. A number has at most 32 characters: `0`–`9`, `*` and `#`, and perhaps a `+` before them. A pattern
 * is such a text in which some letters stand for digits:
 *
 * | In a pattern | Stands for |
 * |---|---|
 * | `0`–`9` `*` `#`, and `+` at the beginning | itself |
 * | `X` | any digit |
 * | `Z` | 1 to 9 |
 * | `N` | 2 to 9 |
 * | `.` at the end | one or more of anything but `+` |
 *
 * There are no alternatives and nothing to go back to: a match is one pass over the number.
 */

export const MAX_DIALLED_CHARACTERS = 32;

const DIALLED = /^\+?[0-9*#]+$/;
const PATTERN = /^\+?(?=[0-9XNZ*#.])[0-9XNZ*#]*\.?$/;

/** What is wrong with a text that is no pattern, as the end of a sentence. */
export const PATTERN_WORDS = `must be a number pattern of at most ${MAX_DIALLED_CHARACTERS} characters: 0-9, * and #, X for any digit, Z for 1-9, N for 2-9, perhaps a + at the beginning, and a . at the end for all that may follow`;

/** Whether a text is a number that routes can be asked about. */
export function isDialled(text: string): boolean {
  return text.length <= MAX_DIALLED_CHARACTERS && DIALLED.test(text);
}

export function isNumberPattern(text: string): boolean {
  return text.length <= MAX_DIALLED_CHARACTERS && PATTERN.test(text);
}

const CLASSES: Readonly<Record<string, string>> = { X: '0123456789', Z: '123456789', N: '23456789' };

/** Whether a dialled number is one of a pattern's. */
export function matchesNumber(pattern: string, number: string): boolean {
  const open = pattern.endsWith('.');
  const fixed = open ? pattern.slice(0, -1) : pattern;
  if (open ? number.length <= fixed.length : number.length !== fixed.length) return false;
  for (let place = 0; place < fixed.length; place++) {
    const [wanted, given] = [fixed.charAt(place), number.charAt(place)];
    if (!(CLASSES[wanted] ?? wanted).includes(given)) return false;
  }
  return !(fixed === '' && number.startsWith('+'));
}
