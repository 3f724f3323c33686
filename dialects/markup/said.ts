/** Text that is said. */

export const MAX_SAY_CHARACTERS = 4_096;

/** As much of it as is said, in parts that the engine does not cut. */
export function plainParts(said: string): { parts: string[]; tooLong: boolean } {
  if (said.length <= MAX_SAY_CHARACTERS) return { parts: [said], tooLong: false };
  return { parts: [said.slice(0, MAX_SAY_CHARACTERS).toWellFormed()], tooLong: true };
}
