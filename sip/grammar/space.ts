// Expressions such as `/[ \t]+$/` take the square of the time on a long run of spaces that ends elsewhere; these do not.

/** Whether that is a space or a tab. */
export const isSpace = (code: number): boolean => code === 32 || code === 9;

/** `text` from `from` to `to`, without the spaces and tabs at its ends; other white space is content. */
export function sliceTrimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** `text` without the spaces and tabs at its ends. */
export const trimSpace = (text: string): string => sliceTrimmed(text, 0, text.length);

/** `text` without the spaces and tabs at its end. */
export function trimSpaceEnd(text: string): string {
  let end = text.length;
  while (isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** `text` on one line: each fold is a single space (RFC 3261 §7.3.1). */
export function unfold(text: string): string {
  if (!text.includes('\r')) return text;
  const lines = text.split('\r\n');
  const last = lines.length - 1;
  // What stands before the first fold and after the last keeps its outer spaces.
  return lines
    .map((line, index) => {
      const trimmed = trimSpace(line);
      if (index === 0) return line.slice(0, line.indexOf(trimmed)) + trimmed;
      return index === last ? trimmed + line.slice(line.indexOf(trimmed) + trimmed.length) : trimmed;
    })
    .join(' ');
}
