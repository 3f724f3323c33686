/** Text that is said. */

/** Two of the platforms take as much. */
export const MAX_SAY_CHARACTERS = 4_096;

/** As much of it as is said, in parts that the engine does not cut. */
export function plainParts(
  said: string,
  maxCharacters = MAX_SAY_CHARACTERS,
): { parts: string[]; tooLong: boolean } {
  if (said.length <= maxCharacters) return { parts: [said], tooLong: false };
  return { parts: [said.slice(0, maxCharacters).toWellFormed()], tooLong: true };
}
