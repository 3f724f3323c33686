/** Texts of requests and documents alike. */

export const MAX_URL_CHARACTERS = 2_048;
/** How much of what was sent a sentence repeats. */
const MAX_QUOTED_CHARACTERS = 60;

/** What was sent, as a sentence repeats it. */
export function shown(text: string): string {
  return text.length > MAX_QUOTED_CHARACTERS ? `${text.slice(0, MAX_QUOTED_CHARACTERS)}…` : text;
}

/**
 * A phone number without what people write between its digits. A plus that was not escaped in a form reads as a
 * space, so a leading space is taken for one.
 */
export function tidyNumber(text: string): string {
  const plussed = text.replace(/^ (?=\d)/, '+');
  return plussed.startsWith('+') ? plussed.replace(/[\s().-]/g, '') : plussed;
}
