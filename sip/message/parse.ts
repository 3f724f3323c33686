import { DIGIT, isAll, TOKEN } from '../grammar/characters.ts';
import { isSpace, trimSpaceEnd } from '../grammar/space.ts';
import { decodeText } from '../grammar/text.ts';
import { headerName, spelledHeader } from '../header/names.ts';
import { END_OF_HEAD_BYTES, endOfHead } from './end-of-head.ts';
import { SipParseError } from './errors.ts';
import { Field } from './field.ts';
import { isEscaped } from './guard.ts';
import { Headers } from './headers.ts';
import type { SipMessage } from './message.ts';
import { placeOf } from './place.ts';
import { type Fault, messageOf, readStartLine } from './start-line.ts';

const CR = 13;
const LF = 10;

const contentLength = headerName('Content-Length');

/**
 * Parses the bytes of one message: a datagram, or what a framer cut from a stream (RFC 3261 §7, §18.3). The start
 * line and the structure of the header fields are checked at once; what the fields say is read when asked for.
 * Without Content-Length the body is the rest of the bytes; bytes beyond Content-Length are ignored.
 * @throws {SipParseError} with the place, the status that refuses the message, and what could be salvaged
 */
export function parseMessage(bytes: Uint8Array): SipMessage {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = skipEmptyLines(buffer);
  const headEnd = endOfHead(buffer, start);
  const complete = headEnd >= 0;
  const bodyStart = complete ? headEnd + END_OF_HEAD_BYTES : buffer.length;
  const head = decodeText(buffer, start, complete ? headEnd + 2 : buffer.length);
  const faults: Fault[] = [];

  const lineEnd = head.indexOf('\r\n');
  const startLine = readStartLine(lineEnd < 0 ? head : head.slice(0, lineEnd), faults);
  const text = complete ? head : `${head}\r\n`;
  const fields = readFields(text, lineEnd < 0 ? head.length : lineEnd + 2, head.length, faults);
  if (!complete) faults.push({ reason: 'No empty line ends the header fields', index: head.length });
  const length = bodyLength(fields, buffer.length - bodyStart, faults);
  const body = length === 0 ? noBody : buffer.subarray(bodyStart, bodyStart + length);
  const isSound = faults.length === 0;
  const headers = new Headers(
    isSound ? fields : fields.filter(field => !unsound.test(field.line)),
    text,
    start,
  );
  const message = startLine && messageOf(startLine, headers, body);
  if (isSound && message !== undefined) return message;
  throw failure(faults[0] ?? { reason: 'No SIP message', index: 0 }, head, start, message);
}

const noBody = Buffer.alloc(0);

/** A line that could pass for two, or whose NUL is not escaped; no response may repeat it. */
const unsound = /\r(?!\n(?:[ \t]|$))|(?<!\r)\n|(?<!(?<!\\)(?:\\\\)*\\)\0/;

/** CRLFs before the start line are ignored (RFC 3261 §7.5). */
function skipEmptyLines(buffer: Buffer): number {
  let start = 0;
  while (buffer[start] === CR && buffer[start + 1] === LF) start += 2;
  return start;
}

/** Finds the header fields of `head` from `start` to `end`, each with its folds; what is no field is left out. */
function readFields(head: string, start: number, end: number, faults: Fault[]): Field[] {
  const fields: Field[] = [];
  checkNuls(head, faults);
  for (let at = start; at < end; ) {
    let lineEnd = lineBreak(head, at, faults);
    // A line that begins with white space goes on with the one before (§7.3.1).
    while (isSpace(head.charCodeAt(lineEnd + 2))) lineEnd = lineBreak(head, lineEnd + 2, faults);
    const field = readField(head, at, lineEnd);
    if (field instanceof Field) fields.push(field);
    else faults.push(field);
    at = lineEnd + 2;
  }
  return fields;
}

/**
 * Finds the CRLF that ends the line. A CR or LF alone ends no line for us but might for the next element, which
 * would then see a header that was never checked: it is refused.
 */
function lineBreak(head: string, at: number, faults: Fault[]): number {
  const cr = head.indexOf('\r', at);
  const lf = head.indexOf('\n', at);
  if (lf === cr + 1) return cr;
  faults.push({ reason: 'A line must end in CR and LF together', index: Math.min(cr, lf) });
  return head.indexOf('\r\n', at);
}

/** NUL may only stand escaped in a quoted string (quoted-pair, §25.1). */
function checkNuls(head: string, faults: Fault[]): void {
  for (let nul = head.indexOf('\0'); nul >= 0; nul = head.indexOf('\0', nul + 1)) {
    if (!isEscaped(head, nul)) faults.push({ reason: 'A header field contains NUL', index: nul });
  }
}

function readField(head: string, at: number, end: number): Field | Fault {
  const colon = head.indexOf(':', at);
  if (colon < 0 || colon >= end) return { reason: 'Expected a header name and a colon', index: at };
  const usual = spelledHeader(head, at, colon);
  if (usual !== undefined) return new Field(usual, head, at, end, colon + 1);
  const name = trimSpaceEnd(head.slice(at, colon));
  if (!isAll(TOKEN, name)) return { reason: 'A header name must be a token', index: at };
  return new Field(headerName(name), head, at, end, colon + 1);
}

/**
 * How many of the bytes at hand are the body (§18.3). Two Content-Length that differ say nothing: the whole rest is
 * taken, and `validate` refuses the message.
 */
function bodyLength(fields: readonly Field[], available: number, faults: Fault[]): number {
  let length: number | undefined;
  for (const field of fields) {
    if (field.header !== contentLength) continue;
    const { value, valueStart: index } = field;
    if (!isAll(DIGIT, value)) faults.push({ reason: 'Content-Length must be a number', index });
    else if (Number(value) > available)
      faults.push({ reason: 'Content-Length is larger than the body', index });
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
