/**
 * The same text on its own. What is cut from a text keeps the whole of it in memory: a tag of 15 characters that a
 * dialog keeps for hours, the message that it came in. And what is put together of texts keeps each of them.
 */
export function detached(text: string): string {
  // Up to here the engine copies rather than cuts.
  if (text.length <= LONGEST_COPY) return text;
  const copy = Buffer.from(text, 'latin1').toString('latin1');
  return copy === text ? copy : text;
}

const LONGEST_COPY = 12;
