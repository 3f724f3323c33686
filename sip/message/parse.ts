import { isAll, TOKEN } from '../grammar/characters.ts';
import { trimSpaceEnd } from '../grammar/space.ts';
import { decodeText } from '../grammar/text.ts';
import { knownHeader, spelledHeader } from '../header/names.ts';
import { SipParseError } from './errors.ts';
import { Field } from './field.ts';
import { Headers } from './headers.ts';
import type { SipMessage } from './message.ts';
import { placeOf } from './place.ts';
import { type Fault, readStartLine } from './start-line.ts';

const SPACE = 32;
const TAB = 9;
const CR = 13;
const LF = 10;

/**
 * Parses the bytes of one message: a datagram, or what a framer cut from a stream (RFC 3261 §7, §18.3). The start
 * line and the structure of the header fields are checked at once; what the fields say is read when asked for.
 * Without Content-Length the body is the rest of the bytes; bytes beyond Content-Length are ignored.
 * @throws {SipParseError} with the place, the status that refuses the message, and what could be salvaged
 */
export function parseMessage(bytes: Uint8Array): SipMessage {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = skipEmptyLines(buffer);
  const headEnd = buffer.indexOf('\r\n\r\n', start, 'latin1');
  const complete = headEnd >= 0;
  const bodyStart = complete ? headEnd + 4 : buffer.length;
  const head = decodeText(buffer.subarray(start, complete ? headEnd + 2 : buffer.length));

  const lineEnd = head.indexOf('\r\n');
  const startLine = readStartLine(lineEnd < 0 ? head : head.slice(0, lineEnd));
  let fault = startLine.fault;
  const report = (found: Fault): void => {
    fault ??= found;
  };

  const fields = readFields(head, lineEnd < 0 ? head.length : lineEnd + 2, report);
  if (!complete) report({ reason: 'No empty line ends the header fields', index: head.length });
  const body = buffer.subarray(bodyStart, bodyStart + bodyLength(fields, buffer.length - bodyStart, report));
  const sound = fault === undefined ? fields : fields.filter(({ line }) => !unsound.test(line));
  const message = startLine.make?.(new Headers(sound, head, start), body);
  if (fault === undefined && message !== undefined) return message;
  throw failure(fault ?? { reason: 'No SIP message', index: 0 }, head, start, message);
}

/** A line that could pass for two, or whose NUL is not escaped; no response may repeat it. */
const unsound = /\r(?!\n[ \t])|(?<!\r)\n|(?<!\\)\0/;

/** CRLFs before the start line are ignored (RFC 3261 §7.5). */
function skipEmptyLines(buffer: Buffer): number {
  let start = 0;
  while (buffer[start] === CR && buffer[start + 1] === LF) start += 2;
  return start;
}

/** Cuts the header fields, each with its folds; a line that is no field is reported and left out. */
function readFields(head: string, start: number, report: (fault: Fault) => void): Field[] {
  const fields: Field[] = [];
  checkNuls(head, report);
  for (let at = start; at < head.length; ) {
    let end = lineBreak(head, at, report);
    // A line that begins with white space goes on with the one before (§7.3.1).
    for (;;) {
      const code = head.charCodeAt(end + 2);
      if (code !== SPACE && code !== TAB) break;
      end = lineBreak(head, end + 2, report);
    }
    const field = readField(head, at, end);
    if (field instanceof Field) fields.push(field);
    else report(field);
    at = end + 2;
  }
  return fields;
}

/**
 * Finds the CRLF that ends the line. A CR or LF alone ends no line for us but might for the next element, which
 * would then see a header that was never checked: it is refused.
 */
function lineBreak(head: string, at: number, report: (fault: Fault) => void): number {
  const lf = head.indexOf('\n', at);
  const cr = head.indexOf('\r', at);
  if (cr >= 0 && lf === cr + 1) return cr;
  if (lf >= 0 || cr >= 0) {
    report({
      reason: 'A line must end in CR and LF together',
      index: lf < 0 || (cr >= 0 && cr < lf) ? cr : lf,
    });
  }
  const end = head.indexOf('\r\n', at);
  return end < 0 ? head.length : end;
}

/** NUL may only stand escaped in a quoted string (quoted-pair, §25.1). */
function checkNuls(head: string, report: (fault: Fault) => void): void {
  for (let nul = head.indexOf('\0'); nul >= 0; nul = head.indexOf('\0', nul + 1)) {
    if (head[nul - 1] !== '\\') report({ reason: 'A header field contains NUL', index: nul });
  }
}

function readField(head: string, at: number, end: number): Field | Fault {
  const colon = head.indexOf(':', at);
  if (colon < 0 || colon >= end) return { reason: 'Expected a header name and a colon', index: at };
  const name = head.slice(at, colon);
  const line = head.slice(at, end);
  const usual = spelledHeader(name);
  if (usual !== undefined) return new Field(usual, usual.key, line, colon + 1 - at, at);
  const trimmed = trimSpaceEnd(name);
  if (!isAll(TOKEN, trimmed)) return { reason: 'A header name must be a token', index: at };
  const known = knownHeader(trimmed);
  return new Field(known, known?.key ?? trimmed.toLowerCase(), line, colon + 1 - at, at);
}

/**
 * How many of the bytes at hand are the body (§18.3). Two Content-Length that differ say nothing: the whole rest is
 * taken, and `validate` refuses the message.
 */
function bodyLength(fields: readonly Field[], available: number, report: (fault: Fault) => void): number {
  let length: number | undefined;
  for (const field of fields) {
    if (field.key !== 'content-length') continue;
    const index = field.position + field.valueStart;
    const { value } = field;
    if (!/^\d+$/.test(value)) report({ reason: 'Content-Length must be a number', index });
    else if (Number(value) > available) report({ reason: 'Content-Length is larger than the body', index });
    else if (length === undefined) length = Number(value);
    else if (length !== Number(value)) return available;
  }
  return length ?? available;
}

function failure(fault: Fault, head: string, start: number, salvaged: SipMessage | undefined): SipParseError {
  const place = placeOf(head, fault.index, start);
  return new SipParseError(fault.reason, place, {
    status: fault.status ?? 400,
    ...(salvaged === undefined ? {} : { salvaged }),
  });
}
