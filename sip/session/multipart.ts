/** One part of a multipart body. */
export interface BodyPart {
  /** Lower case, without parameters. */
  readonly type: string;
  readonly content: string;
}

/** The parts of a multipart body (RFC 2046 §5.1.1, RFC 5621), in order; of a broken one those that can be found. */
export function bodyParts(body: string, boundary: string): BodyPart[] {
  const sections = `\r\n${body}`.split(`\r\n--${boundary}`).slice(1);
  const last = sections.findIndex(section => section.startsWith('--'));
  return sections.slice(0, last < 0 ? undefined : last).map(section => {
    const start = section.indexOf('\r\n') + 2;
    const headEnd = section.indexOf('\r\n\r\n', start - 2);
    const head = headEnd < 0 ? '' : section.slice(start, headEnd);
    const type = /^content-type[ \t]*:[ \t]*([^\s;]+)/im.exec(head)?.[1] ?? 'text/plain';
    return { type: type.toLowerCase(), content: headEnd < 0 ? '' : section.slice(headEnd + 4) };
  });
}
