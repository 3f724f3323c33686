/** Expressions such as `/[ \t]+$/` take the square of the time on a long run of spaces that ends elsewhere; these do not. */
const isSpace = (code: number): boolean => code === 32 || code === 9;

/** `text` without the spaces and tabs at its ends; other white space is content. */
export function trimSpace(text: string): string {
  let start = 0;
  while (isSpace(text.charCodeAt(start))) start += 1;
  return trimSpaceEnd(text.slice(start));
}

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
