/**
 * The same text on its own. What is cut from a text keeps the whole of it in memory: a tag of 15 characters that a
 * dialog keeps for hours, the message that it came in. And what is put together of texts keeps each of them.
 */
export function detached(text: string): string {
  // Up to here the engine copies rather than cuts.
  if (text.length <= LONGEST_COPY) return text;
  const bytes = text.length > scratch.length ? Buffer.allocUnsafe(text.length) : scratch;
  const copy = bytes.toString('latin1', 0, bytes.write(text, 'latin1'));
  return copy === text ? copy : text;
}

const LONGEST_COPY = 12;
/** Most are shorter. */
const scratch = Buffer.alloc(256);
