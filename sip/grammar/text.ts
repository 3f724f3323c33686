import { isAscii, isUtf8 } from 'node:buffer';

/**
 * Message heads are UTF-8 (RFC 3261 §7), but a peer may send any byte, and what is not understood must be kept.
 * A byte that is not UTF-8 becomes the lone surrogate U+DC00 + byte, which no text can contain, and becomes that
 * byte again when written.
 */
export function decodeText(bytes: Buffer, from = 0, to: number = bytes.length): string {
  // Most messages are ASCII as a whole, which spares a view of the part that is asked for.
  return isAscii(bytes) ? bytes.toString('latin1', from, to) : decodeBytes(bytes.subarray(from, to));
}

function decodeBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  let text = '';
  let start = 0;
  for (let index = 0; index < bytes.length; ) {
    const length = sequenceLength(bytes, index);
    if (length === 0) {
      text += bytes.toString('utf8', start, index) + String.fromCharCode(0xdc00 + (bytes[index] as number));
      start = index + 1;
    }
    index += length || 1;
  }
  return text + bytes.toString('utf8', start);
}

/** The first byte of a sequence: up to which one, how long it is, and what its second byte may be (RFC 3629 §4). */
const sequences: readonly (readonly [last: number, length: number, from: number, to: number])[] = [
  [0xdf, 2, 0x80, 0xbf],
  [0xe0, 3, 0xa0, 0xbf],
  [0xec, 3, 0x80, 0xbf],
  [0xed, 3, 0x80, 0x9f],
  [0xef, 3, 0x80, 0xbf],
  [0xf0, 4, 0x90, 0xbf],
  [0xf3, 4, 0x80, 0xbf],
  [0xf4, 4, 0x80, 0x8f],
];

/** How many bytes the character at `index` has; 0 where there is none. */
function sequenceLength(bytes: Buffer, index: number): number {
  const first = bytes[index] as number;
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  const sequence = sequences.find(([last]) => first <= last);
  if (sequence === undefined) return 0;
  const [, length, from, to] = sequence;
  const second = bytes[index + 1] ?? 0;
  if (second < from || second > to) return 0;
  for (let more = 2; more < length; more += 1) {
    if (((bytes[index + more] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code < 0xdc00;

/** The bytes of a text from `decodeText`, or of any other text as UTF-8, and after them those of `rest`. */
export function encodeText(text: string, rest: Uint8Array = nothing): Buffer {
  if (!text.isWellFormed()) return Buffer.concat([encodeStrays(text), rest]);
  const isLong = text.length * MOST_BYTES > scratch.length;
  const length = isLong ? Buffer.byteLength(text) : scratch.write(text);
  const bytes = Buffer.allocUnsafe(length + rest.length);
  if (isLong) bytes.write(text);
  else scratch.copy(bytes, 0, 0, length);
  bytes.set(rest, length);
  return bytes;
}

const nothing = new Uint8Array(0);
/** Of a character of a text, in UTF-8. */
const MOST_BYTES = 3;
/** Most texts fit in here, so that they need not be counted before they are written. */
const scratch = Buffer.alloc(8_192);

function encodeStrays(text: string): Buffer {
  const bytes = Buffer.alloc(text.length * 3);
  let length = 0;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const stray = code >= 0xdc80 && code <= 0xdcff && !isHighSurrogate(text.charCodeAt(index - 1));
    if (!stray) continue;
    length += bytes.write(text.slice(start, index), length);
    bytes[length] = code & 0xff;
    length += 1;
    start = index + 1;
  }
  return bytes.subarray(0, length + bytes.write(text.slice(start), length));
}

/** `text` with its percent escapes resolved, as UTF-8 where they are UTF-8. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, escapes =>
    decodeText(Buffer.from(escapes.replaceAll('%', ''), 'hex')),
  );
}

/** `text` with every character that `keep` refuses as percent escapes of its UTF-8 bytes. */
export function percentEncode(text: string, keep: (code: number) => boolean): string {
  let kept = 0;
  while (kept < text.length && keep(text.charCodeAt(kept))) kept += 1;
  if (kept === text.length) return text;
  let encoded = text.slice(0, kept);
  for (const character of text.slice(kept)) {
    if (keep(character.charCodeAt(0))) encoded += character;
    else
      for (const byte of encodeText(character))
        encoded += `%${byte.toString(16).padStart(2, '0').toUpperCase()}`;
  }
  return encoded;
}

/** `text` in lower case; most of what is asked for is so, and stays the string that it is. */
export function lowerCase(text: string): string {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if ((code >= UPPER_A && code <= UPPER_Z) || code > LAST_ASCII) return text.toLowerCase();
  }
  return text;
}

const UPPER_A = 65;
const UPPER_Z = 90;
const LAST_ASCII = 127;
